/** Where a command writes; a terminal is redrawn in place, a pipe gets plain lines. */
export interface Terminal {
  write(text: string): void;
  readonly live: boolean;
}

/** Columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, column) => rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), name.length));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** What comes from a cluster may hold control characters, which would drive the terminal. */
export const plain = (text: string): string => text.replace(/[^\P{Cc}\n]/gu, '\u{fffd}');
