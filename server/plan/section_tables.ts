import { nearest } from '../model/nearest.ts';
import { Complaints } from './complaints.ts';
import { type PlanDocument, SECTION_NAMES, type SectionName, type TableLines } from './document.ts';
import { columnsOf, tableOf } from './plan_table.ts';

/** The table of each section; tables that were meant for one and stand elsewhere are told. */
export function sectionTables(document: PlanDocument, complaints: Complaints): Partial<Record<Lowercase<SectionName>, TableLines>> {
  const tables: Partial<Record<Lowercase<SectionName>, TableLines>> = {};
  const seen = new Map<SectionName, number>();
  for (const section of document.sections) {
    const twin = seen.get(section.name);
    if (twin !== undefined) {
      complaints.error(section.at, `a second section "${section.name}"`, `line ${twin} starts one already; put both tables into one`);
      continue;
    }
    seen.set(section.name, section.at.line);
    const table = tableOf(section, complaints);
    if (table !== undefined) tables[section.name.toLowerCase() as Lowercase<SectionName>] = table;
  }
  if (!seen.has('Runs'))
    complaints.error({ line: 1, column: 1 }, 'the plan has no section "Runs"', 'add "## Runs" with a table: run, type, model, dataset');
  for (const { table, heading } of document.otherTables) misplaced(document, table, heading, complaints);
  return tables;
}

/** The columns by which a table of each section is known under another heading; under a heading much like it, the first alone. */
const MARKS: readonly [SectionName, readonly [string, string]][] = [
  ['Runs', ['run', 'model']],
  ['Models', ['model', 'path']],
  ['Datasets', ['dataset', 'path']],
  ['Defaults', ['setting', 'value']],
];

/** A table under a heading of prose is not read; under a misspelt one that would leave its values out without a word. */
function misplaced(document: PlanDocument, table: TableLines, heading: string, complaints: Complaints): void {
  const names = columnsOf(document, table, new Complaints()).map(({ name }) => name);
  const at = { line: table.headerLine, column: 1 };
  const near = nearest(heading, SECTION_NAMES);
  const [meant] = MARKS.find(([section, [first]]) => section === near && names.includes(first)) ?? [];
  if (meant !== undefined) {
    complaints.error(at, `this table stands under "${heading}" and is not read`, `did you mean "## ${meant}"?`);
    return;
  }
  const [section] = MARKS.find(([, marks]) => marks.every((mark) => names.includes(mark))) ?? [];
  if (section !== undefined)
    complaints.warn(
      at,
      `this table of ${section.toLowerCase()} stands under "${heading}" and is not read`,
      `move its rows under "## ${section}"`,
    );
}
