import type { Lines } from './text_lines.ts';

/** Changes to single lines of a text, by its own 1-based line numbers; every other byte stays. */
export class LineEdits {
  readonly #source: Lines;
  readonly #changed = new Map<number, string | undefined>();
  readonly #inserted = new Map<number, string[]>();

  constructor(source: Lines) {
    this.#source = source;
  }

  /** The line as it is by now. */
  get(line: number): string {
    return (this.#changed.has(line) ? this.#changed.get(line) : this.#source.lines[line - 1]) ?? '';
  }

  replace(line: number, text: string): void {
    if (text !== this.get(line)) this.#changed.set(line, text);
  }

  remove(line: number): void {
    this.#changed.set(line, undefined);
  }

  insertBefore(line: number, texts: readonly string[]): void {
    this.#inserted.set(line, [...(this.#inserted.get(line) ?? []), ...texts]);
  }

  toString(): string {
    const { bom, lines, ends } = this.#source;
    const end = ends.find((found) => found !== '') ?? '\n';
    const out: { text: string; end: string }[] = [];
    const insert = (line: number): void => {
      for (const text of this.#inserted.get(line) ?? []) {
        const last = out.at(-1);
        // After a last line without an end, the new line is the last one without an end.
        const open = last?.end === '';
        if (last !== undefined && open) last.end = end;
        out.push({ text, end: open ? '' : end });
      }
    };
    for (const [at, text] of lines.entries()) {
      insert(at + 1);
      const removed = this.#changed.has(at + 1) && this.#changed.get(at + 1) === undefined;
      if (!removed) out.push({ text: this.#changed.get(at + 1) ?? text, end: ends[at] ?? '' });
    }
    insert(lines.length + 1);
    return bom + out.map(({ text, end: ending }) => text + ending).join('');
  }
}
