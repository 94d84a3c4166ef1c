import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDocument } from '../../server/plan/document.ts';
import { parsePlan } from '../../server/plan/parse.ts';
import { parseOptions } from './fake_framework.ts';

const LINES = [
  '## Runs',
  '## Notes',
  'Runs\n===',
  '| a | b |',
  '| a | b |\n|---|---|',
  '| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |',
  '|---|---|',
  'a | b\n- | -',
  'text',
  'x | y',
  '  | i | j |',
  '    | code |',
  '```',
  '~~~',
  '<!--',
  '-->',
  '| --> |',
  '<div>',
  '- item',
  '> quote',
  '  | in item |\n  |---|',
  '1. one | two',
  '***',
  '[a]: b',
  '|',
  '',
  '',
];

describe('the structure of a plan', () => {
  test('is the same whether or not the rows of tables go around remark', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...LINES), { maxLength: 14 }), (lines) => {
        const text = lines.join('\n');
        expect(readDocument(text, 0)).toEqual(readDocument(text, Number.POSITIVE_INFINITY));
      }),
      { numRuns: 600 },
    );
  });

  test('shows all rows of a long table, and the right lines after it', async () => {
    const rows = Array.from({ length: 500 }, (_, at) => `| r${at} | base | Llama-3.2-1B-Instruct |`).join('\n');
    const table = `| run | type | model |\n|---|---|---|\n${rows}\n`;
    const { plan, problems } = await parsePlan(`## Runs\n\n${table}`, { ...parseOptions, folder: 'exp' });
    expect(problems).toEqual([]);
    expect(plan?.runs.length).toBe(500);
    expect(plan?.runs[499]).toMatchObject({ name: 'r499', at: { line: 504, column: 3 } });
    const after = await parsePlan(`## Runs\n\n${table}\n## Runs\n`, { ...parseOptions, folder: 'exp' });
    expect(after.problems.map(({ where }) => where)).toEqual(['runs_plan.md:506:1']);
  });

  test('does not read a long table in a code block', async () => {
    const rows = Array.from({ length: 100 }, (_, at) => `| r${at} | base | Llama-3.2-1B-Instruct |`).join('\n');
    const text = `## Runs\n\n\`\`\`\n| run | type | model |\n|---|---|---|\n${rows}\n\`\`\`\n`;
    const { problems } = await parsePlan(text, { ...parseOptions, folder: 'exp' });
    expect(problems.map(({ what }) => what)).toEqual(['no table under "Runs"']);
  });
});
