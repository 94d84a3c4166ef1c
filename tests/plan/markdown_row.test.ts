import fc from 'fast-check';
import type { Table, TableCell } from 'mdast';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import { describe, expect, test } from 'vitest';
import { cellText, splitRow, writeCell } from '../../server/plan/markdown_row.ts';

const processor = remark().use(remarkGfm);
const HEADER = '| a | b | c |\n|---|---|---|\n';

const ours = (line: string) => splitRow(line).map((cell) => cellText(line, cell));

const spanOf = (cell: TableCell): string | undefined => {
  const [first, last] = [cell.children[0]?.position, cell.children.at(-1)?.position];
  return first === undefined || last === undefined ? undefined : `${first.start.column - 1}-${last.end.column - 1}`;
};

function rowOf(line: string): TableCell[] | undefined {
  const tree = processor.parse(HEADER + line);
  const table = tree.children[0] as Table;
  return tree.children.length === 1 ? table.children[1]?.children : undefined;
}

const textOf = (node: unknown): string => {
  const { value, children } = node as { value?: string; children?: unknown[] };
  return value ?? (children ?? []).map(textOf).join('');
};

const rows = (...pieces: string[]) => fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => `| ${parts.join('')}`);

describe('a table row', () => {
  test('is split where remark-gfm splits it, whatever stands in it', () => {
    fc.assert(
      fc.property(rows('|', '\\', '`', ' ', '\t', 'a', '*', '_', '[', ']', '<', '&', '-', '\\|', '~', 'é', '😀'), (line) => {
        const theirs = rowOf(line);
        fc.pre(theirs !== undefined);
        const cells = splitRow(line);
        expect(cells.length).toBe(theirs?.length);
        for (const [at, cell] of cells.entries()) {
          const span = spanOf(theirs?.[at] ?? { type: 'tableCell', children: [] });
          if (span !== undefined) expect(`${cell.start}-${cell.end}`).toBe(span);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('says what remark-gfm reads in it: escapes, code spans, trimming', () => {
    fc.assert(
      fc.property(rows('|', '\\', '`', '``', ' ', 'a', 'b', '.', '-', '\\|', '\\`', '\\\\'), (line) => {
        const theirs = rowOf(line);
        fc.pre(theirs !== undefined);
        expect(ours(line)).toEqual(theirs?.map(textOf));
      }),
      { numRuns: 1000 },
    );
  });

  test('may lack its outer pipes', () => {
    expect(ours('a | b|c')).toEqual(['a', 'b', 'c']);
    expect(ours('  a | b |  ')).toEqual(['a', 'b']);
  });

  test('keeps underscores of paths, unwraps inline code and bold', () => {
    expect(ours('| /data/_new_/x | `a|b` | `a\\|b` | **run** |')).toEqual(['/data/_new_/x', '`a', 'b`', 'a|b', 'run']);
  });

  test('written for any text reads back as that text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        fc.pre(text.trim() === text || !/[\\`]/.test(text));
        fc.pre(text.trim() !== '');
        expect(ours(`| ${writeCell(text)} | x |`)).toEqual([text, 'x']);
      }),
      { numRuns: 1000 },
    );
  });
});
