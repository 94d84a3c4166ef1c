import { canonicalSetting, isUnset, SETTINGS } from '../model/settings.ts';
import { cellOf, valueText } from './cell_value.ts';
import { type PlanDocument, SECTION_NAMES, type SectionName } from './document.ts';
import type { InputValue } from './input.ts';
import type { LineEdits } from './line_edits.ts';
import { TableEdits } from './table_edits.ts';

export type Entry = Readonly<Record<string, InputValue | undefined>>;

/** Does the cell say it already, perhaps in other words (`1e-4` and `0.0001`)? */
export function says(cell: string, key: string, value: InputValue | undefined): boolean {
  const text = valueText(key, value) ?? '';
  if (cell === text || (isUnset(cell) && isUnset(text))) return true;
  const name = canonicalSetting(key);
  if (name === 'type') return cell.toLowerCase().replace(/[\s_-]/g, '') === text.replace('-', '');
  const read = (of: string): string | undefined => (Object.hasOwn(SETTINGS, name) ? JSON.stringify(SETTINGS[name]?.read(of)) : undefined);
  return read(cell) !== undefined && read(cell) === read(text);
}

export const tableFor = (document: PlanDocument, edits: LineEdits, name: SectionName): TableEdits | undefined => {
  const lines = document.sections.find((section) => section.name === name)?.tables[0];
  return lines === undefined ? undefined : new TableEdits(lines, edits);
};

/** Changes the rows that are there, adds the others; returns the keys of both. */
export function applyEntries(table: TableEdits, entries: readonly Entry[], key: string): { added: string[]; changed: string[] } {
  for (const entry of entries)
    for (const [name, value] of Object.entries(entry))
      if (value !== undefined && value !== null && valueText(name, value) !== '-') table.ensureColumn(name);
  const lines = table.rows(table.column(key));
  const [added, changed] = [[] as string[], [] as string[]];
  for (const entry of entries) {
    const name = valueText(key, entry[key]) ?? '';
    const line = lines.get(name);
    const set = Object.entries(entry).filter(([column, value]) => value !== undefined && column !== key && table.column(column) !== -1);
    if (line === undefined) {
      table.addRow(
        new Map([[key, entry[key]] as const, ...set].map(([column, value]) => [canonicalSetting(column), cellOf(column, value)])),
      );
      added.push(name);
      continue;
    }
    const different = set.filter(([column, value]) => !says(table.text(line, table.column(column)), column, value));
    for (const [column, value] of different) table.setCell(line, table.column(column), cellOf(column, value));
    if (different.length > 0) changed.push(name);
  }
  return { added, changed };
}

export function reviseEntries(
  document: PlanDocument,
  edits: LineEdits,
  section: SectionName,
  entries: readonly Entry[],
  key: string,
  render: (entries: readonly Entry[]) => string[],
): string[] {
  if (entries.length === 0) return [];
  const table = tableFor(document, edits, section);
  if (table === undefined) {
    insertSection(document, edits, section, render(entries));
    return entries.map((entry) => String(entry[key]));
  }
  const { added, changed } = applyEntries(table, entries, key);
  return [...changed, ...added];
}

/** Before the section that follows it in the usual order; `Runs` is always there. */
export function insertSection(document: PlanDocument, edits: LineEdits, name: SectionName, table: readonly string[]): void {
  const later = SECTION_NAMES.slice(SECTION_NAMES.indexOf(name) + 1);
  const next = document.sections.find((section) => later.some((word) => word === section.name));
  const line = next?.at.line ?? document.lines.length + 1;
  const marks = /^ {0,3}(#+)/.exec(document.lines[line - 1] ?? '')?.[1] ?? '##';
  const gap = (document.lines[line - 2] ?? '').trim() === '' ? [] : [''];
  edits.insertBefore(line, [...gap, `${marks} ${name}`, '', ...table, '']);
}
