import type { Position } from '../model/plan.ts';
import { canonicalSetting, isUnset } from '../model/settings.ts';
import type { Complaints } from './complaints.ts';
import type { PlanDocument, Section, TableLines } from './document.ts';
import { cellText, splitRow } from './markdown_row.ts';

export interface Column {
  /** As a person wrote it. */
  written: string;
  /** `LoRA Rank` as `lora_rank`. */
  name: string;
  at: Position;
}

/** One row: by column index, what is set there. */
export interface Row {
  line: number;
  /** Undefined where the cell is missing, empty, `-` or `N/A`. */
  text(column: number): string | undefined;
  /** Does the cell say `none`, which may mean "not set" or "off"? */
  saysNone(column: number): boolean;
  at(column: number): Position;
}

/** The section's one table. Tells of rows outside it and of further tables. */
export function tableOf(section: Section, complaints: Complaints): TableLines | undefined {
  for (const at of section.strayRows)
    complaints.error(
      at,
      `this line looks like a table row under "${section.name}" but belongs to no table`,
      'a table is a header row, a row of dashes such as |---|---|, and then its rows without blank or other lines between',
    );
  const [table, ...further] = section.tables;
  for (const { headerLine } of further)
    complaints.error(
      { line: headerLine, column: 1 },
      `a second table under "${section.name}"`,
      'put its rows into the first, or give it a heading of its own',
    );
  if (table === undefined && section.strayRows.length === 0)
    complaints.error(section.at, `no table under "${section.name}"`, 'add the table, or remove the heading');
  return table;
}

/** Names of the columns; a duplicate or nameless one is told and comes back with an empty name. */
export function columnsOf(document: PlanDocument, table: TableLines, complaints: Complaints): Column[] {
  const line = document.lines[table.headerLine - 1] ?? '';
  const seen = new Map<string, Column>();
  return splitRow(line).map((cell) => {
    const written = cellText(line, cell).trim();
    const column = { written, name: canonicalSetting(written), at: { line: table.headerLine, column: cell.start + 1 } };
    const twin = seen.get(column.name);
    if (written === '') complaints.error(column.at, 'a column without a name', 'name it, or remove it');
    else if (twin !== undefined)
      complaints.error(column.at, `duplicate column "${written}"`, `column ${twin.at.column} of this line has it already; keep one`);
    else {
      seen.set(column.name, column);
      return column;
    }
    return { ...column, name: '' };
  });
}

export function eachRow(
  document: PlanDocument,
  table: TableLines,
  columns: readonly Column[],
  complaints: Complaints,
  visit: (row: Row) => void,
): void {
  for (let line = table.firstRow; line < table.endRow; line += 1) {
    const source = document.lines[line - 1] ?? '';
    const cells = splitRow(source);
    const extra = cells[columns.length];
    if (extra !== undefined) {
      complaints.error(
        { line, column: extra.start + 1 },
        `this row has ${cells.length} cells, but the table has ${columns.length} columns`,
        'remove what is too much, or write a | that belongs to a text as \\|',
      );
    }
    const written = cells.map((cell) => cellText(source, cell));
    const texts = written.map((text) => (isUnset(text) ? undefined : text));
    if (texts.every((text) => text === undefined)) continue;
    visit({
      line,
      text: (column) => texts[column],
      saysNone: (column) => written[column]?.toLowerCase() === 'none',
      at: (column) => ({ line, column: (cells[column]?.start ?? source.trimEnd().length) + 1 }),
    });
  }
}

/** Index of a column that must be there; told when it is not. */
export function requiredColumn(
  columns: readonly Column[],
  name: string,
  section: string,
  table: TableLines,
  complaints: Complaints,
): number {
  const index = columns.findIndex((column) => column.name === name);
  if (index === -1)
    complaints.error(
      { line: table.headerLine, column: 1 },
      `the table under "${section}" has no column "${name}"`,
      `add a column "${name}"`,
    );
  return index;
}
