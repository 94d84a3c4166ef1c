import type { Root, RootContent, Table } from 'mdast';
import { remark } from 'remark';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import type { Position } from '../model/plan.ts';
import { cuttableTables, LONG, type RowRange, withoutRows } from './long_tables.ts';
import { type Lines, splitLines } from './text_lines.ts';

export const SECTION_NAMES = ['Models', 'Datasets', 'Defaults', 'Runs'] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** 1-based lines. The delimiter row is the one after the header; rows are [firstRow, endRow). */
export interface TableLines {
  headerLine: number;
  firstRow: number;
  endRow: number;
}

export interface Section {
  name: SectionName;
  at: Position;
  /** The first line after the section. */
  endLine: number;
  tables: TableLines[];
  /** Lines that look like rows and belong to no table. */
  strayRows: Position[];
}

export interface PlanDocument extends Lines {
  title?: string;
  /** Without the fences; `firstLine` is the line of its first key. */
  frontMatter?: { text: string; firstLine: number };
  sections: Section[];
  /** Tables outside the four sections, with the heading that they stand under. */
  otherTables: { table: TableLines; heading: string }[];
}

const processor = remark().use(remarkFrontmatter, ['yaml']).use(remarkGfm);

/** remark's own reading of the document, without the rows of long tables that it confirms to be tables. */
function parseStructure(
  lines: readonly string[],
  long: number,
): { root: Root; lineOf: (reduced: number) => number; cuts: readonly RowRange[] } {
  let cuts = cuttableTables(lines, long);
  for (;;) {
    const { text, lineOf } = withoutRows(lines, cuts);
    const root = processor.parse(text);
    const headers = new Set(root.children.flatMap((node) => (node.type === 'table' ? [lineOf(startLine(node))] : [])));
    // What looked like a table may stand in a code block or a comment: remark is given its lines back and asked again.
    const confirmed = cuts.filter((cut) => headers.has(cut.from - 2));
    if (confirmed.length === cuts.length) return { root, lineOf, cuts };
    cuts = confirmed;
  }
}

const startLine = (node: RootContent): number => node.position?.start.line ?? 1;
const endLine = (node: RootContent): number => node.position?.end.line ?? 1;

const plainText = (node: RootContent): string =>
  'value' in node ? node.value : 'children' in node ? node.children.map((child) => plainText(child as RootContent)).join('') : '';

/** `long`: tables of more rows than that go around remark. */
export function readDocument(source: string, long = LONG): PlanDocument {
  const split = splitLines(source);
  const { root, lineOf, cuts } = parseStructure(split.lines, long);
  const document: PlanDocument = { ...split, sections: [], otherTables: [] };
  let section: Section | undefined;
  let heading = '';
  const tableLines = (node: Table): TableLines => {
    const headerLine = lineOf(startLine(node));
    const cut = cuts.find(({ from }) => from === headerLine + 2);
    return { headerLine, firstRow: headerLine + 2, endRow: Math.max(lineOf(endLine(node)) + 1, cut?.to ?? 0) };
  };
  for (const node of root.children) {
    const line = lineOf(startLine(node));
    if (node.type === 'yaml') {
      document.frontMatter = { text: node.value, firstLine: line + 1 };
    } else if (node.type === 'heading') {
      if (section !== undefined) section.endLine = line;
      heading = plainText(node).trim();
      const word = heading.replace(/\s*:$/, '').toLowerCase();
      const name = SECTION_NAMES.find((known) => known.toLowerCase() === word);
      section = undefined;
      if (name !== undefined) {
        section = {
          name,
          at: { line, column: node.position?.start.column ?? 1 },
          endLine: split.lines.length + 1,
          tables: [],
          strayRows: [],
        };
        document.sections.push(section);
      } else if (node.depth === 1 && document.title === undefined) document.title = heading;
    } else if (node.type === 'table') {
      if (section === undefined) document.otherTables.push({ table: tableLines(node), heading });
      else section.tables.push(tableLines(node));
    } else if (node.type === 'paragraph' && section !== undefined) {
      const stray = strayRow(split.lines, line, lineOf(endLine(node)));
      if (stray !== undefined) section.strayRows.push(stray);
    }
  }
  return document;
}

function strayRow(lines: readonly string[], from: number, to: number): Position | undefined {
  for (let line = from; line <= to; line += 1) {
    const column = (lines[line - 1] ?? '').search(/\S/) + 1;
    if (lines[line - 1]?.[column - 1] === '|') return { line, column };
  }
  return undefined;
}
