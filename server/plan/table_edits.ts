import { canonicalSetting } from '../model/settings.ts';
import type { TableLines } from './document.ts';
import type { LineEdits } from './line_edits.ts';
import { type Cell, cellText, splitRow } from './markdown_row.ts';

const isClosed = (line: string, last: Cell | undefined): boolean => last !== undefined && line[last.close] === '|';

/** Edits one table in place: cells keep their padding where the new text fits, and no other row is touched. */
export class TableEdits {
  readonly #table: TableLines;
  readonly #edits: LineEdits;
  readonly #aligned: boolean;
  #columns: string[];

  constructor(table: TableLines, edits: LineEdits) {
    this.#table = table;
    this.#edits = edits;
    const header = edits.get(table.headerLine);
    this.#columns = splitRow(header).map((cell) => canonicalSetting(cellText(header, cell)));
    const widths = (line: number): string => String(splitRow(edits.get(line)).map(({ open, close }) => close - open));
    this.#aligned = table.endRow > table.firstRow && widths(table.firstRow) === widths(table.headerLine);
  }

  column(name: string): number {
    return this.#columns.indexOf(canonicalSetting(name));
  }

  /** Line by what stands in the column, in the table's order. */
  rows(column: number): Map<string, number> {
    const rows = new Map<string, number>();
    for (let line = this.#table.firstRow; line < this.#table.endRow; line += 1) {
      const text = this.text(line, column);
      if (text !== '' && !rows.has(text)) rows.set(text, line);
    }
    return rows;
  }

  text(line: number, column: number): string {
    const source = this.#edits.get(line);
    const cell = splitRow(source)[column];
    return cell === undefined ? '' : cellText(source, cell);
  }

  /** A column more, at the right, with `-` in every row; only when it is not there. */
  ensureColumn(name: string): void {
    if (this.column(name) !== -1) return;
    const { headerLine, firstRow, endRow } = this.#table;
    const width = Math.max(3, name.length);
    const delimiter = this.#edits.get(headerLine + 1);
    const tight = splitRow(delimiter).every((cell) => cell.open === cell.start && cell.end === cell.close);
    this.#append(headerLine, [name.padEnd(width)]);
    if (tight && isClosed(delimiter, splitRow(delimiter).at(-1)))
      this.#edits.replace(headerLine + 1, `${delimiter.trimEnd()}${'-'.repeat(width + 2)}|`);
    else this.#append(headerLine + 1, ['-'.repeat(width)]);
    for (let line = firstRow; line < endRow; line += 1) {
      const missing = this.#columns.length - splitRow(this.#edits.get(line)).length;
      this.#append(line, [...Array<string>(Math.max(0, missing)).fill('-'), '-'.padEnd(width)]);
    }
    this.#columns = [...this.#columns, canonicalSetting(name)];
  }

  setCell(line: number, column: number, text: string): void {
    const source = this.#edits.get(line);
    const cells = splitRow(source);
    const cell = cells[column];
    if (cell === undefined) {
      this.#append(line, [...Array<string>(column - cells.length).fill('-'), text]);
      return;
    }
    const room = cell.close - cell.open;
    const [before, after] = [source.slice(cell.open, cell.start), source.slice(cell.end, cell.close)];
    const toTheRight = before.length > 1 && after.length <= 1 && cell.end > cell.start;
    let filled = toTheRight ? `${text}${after}`.padStart(room) : `${before}${text}`.padEnd(room);
    if (!isClosed(source, cell)) filled = filled.trimEnd();
    else if (filled.length > room && /[ \t]$/.test(source.slice(cell.open, cell.close)) && !toTheRight) filled = `${before}${text} `;
    else if (filled === `${before}${text}` && after !== '') filled += ' ';
    if (toTheRight && !/^[ \t]/.test(filled)) filled = ` ${filled}`;
    this.#edits.replace(line, source.slice(0, cell.open) + filled + source.slice(cell.close));
  }

  /** A row more, at the end; aligned when the table is. */
  addRow(texts: ReadonlyMap<string, string>): void {
    const header = this.#edits.get(this.#table.headerLine);
    const widths = splitRow(header).map(({ open, close }) => (this.#aligned ? close - open - 2 : 0));
    const cells = this.#columns.map((name, at) => (texts.get(name) ?? '-').padEnd(widths[at] ?? 0));
    const indent = /^[ \t]*/.exec(header)?.[0] ?? '';
    this.#edits.insertBefore(this.#table.endRow, [`${indent}| ${cells.join(' | ')} |`]);
  }

  removeRow(line: number): void {
    this.#edits.remove(line);
  }

  #append(line: number, texts: readonly string[]): void {
    const source = this.#edits.get(line);
    const closed = isClosed(source, splitRow(source).at(-1));
    const kept = source.replace(/[ \t]+$/, '');
    this.#edits.replace(line, closed ? `${kept} ${texts.join(' | ')} |` : `${kept} | ${texts.join(' | ')}`.trimEnd());
  }
}
