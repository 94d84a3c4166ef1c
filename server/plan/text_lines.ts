/** A text taken apart so that every byte can be put back. */
export interface Lines {
  bom: string;
  lines: string[];
  /** What ends each line; empty for a last line without an end. */
  ends: string[];
}

export function splitLines(source: string): Lines {
  const bom = source.startsWith('\uFEFF') ? '\uFEFF' : '';
  const lines: string[] = [];
  const ends: string[] = [];
  const parts = source.slice(bom.length).split(/(\r\n|\n|\r)/);
  for (let at = 0; at < parts.length; at += 2) {
    lines.push(parts[at] ?? '');
    ends.push(parts[at + 1] ?? '');
  }
  return { bom, lines, ends };
}
