import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { settingsOf } from '../../../server/model/plan.ts';
import type { Problem } from '../../../server/model/problem.ts';
import { SETTINGS } from '../../../server/model/settings.ts';
import { parsePlan } from '../../../server/plan/parse.ts';
import { RULE_CASES } from './rule_cases/all_cases.ts';

/** Settings and keys of a sound plan, each with values that are wrong for it. */
const LINES: Readonly<Record<string, { good: string; wrong: readonly string[] }>> = {
  lora_rank: { good: '8', wrong: ['0', '-8', '1.5', 'eight', '100000'] },
  lora_alpha: { good: '16', wrong: ['0', '-1', 'x'] },
  lora_dropout: { good: '0.1', wrong: ['1', '-0.1', 'a bit'] },
  lr: { good: '2e-4', wrong: ['0', '-1e-4', '1e3', 'high'] },
  batch_size: { good: '4', wrong: ['0', '2.5', 'many'] },
  epochs: { good: '2', wrong: ['0', '-1', 'two'] },
  max_steps_per_epoch: { good: '100', wrong: ['0', 'all'] },
  max_seq_len: { good: '512', wrong: ['0', '1e9', '200000', 'long'] },
  warmup_steps: { good: '5', wrong: ['-5', '0.1', 'some'] },
  seed: { good: '7', wrong: ['-1', '4294967296', 'x'] },
  dtype: { good: 'bf16', wrong: ['fp16', 'bfloat16', '16'] },
  packed: { good: 'true', wrong: ['2', 'maybe'] },
  activation_checkpointing: { good: 'true', wrong: ['2', 'full'] },
  'optimizer.betas': { good: '[0.9, 0.95]', wrong: ['0.9', '[0.9]', '[0.9, 1]', '[0.9, x]', 'x'] },
  'optimizer.eps': { good: '1.0e-8', wrong: ['-1', 'small', 'true'] },
  'optimizer.amsgrad': { good: 'true', wrong: ['1', '"true"', 'yes please'] },
  'lr_scheduler.num_cycles': { good: '0.4', wrong: ['-1', 'half'] },
  'loss.num_output_chunks': { good: '4', wrong: ['0', '2.5', 'x'] },
  log_every_n_steps: { good: '5', wrong: ['0', '-1', '1.5', 'x'] },
  log_peak_memory_stats: { good: 'false', wrong: ['0', '"false"'] },
  shuffle: { good: 'false', wrong: ['0', '"false"', 'no way'] },
  'dataset.column_map.input': { good: 'question', wrong: ['3', '[a, b]'] },
  'dataset.column_map.output': { good: 'answer', wrong: ['3', 'true'] },
  'checkpointer.safe_serialization': { good: 'true', wrong: ['1', '"true"'] },
  'profiler.enabled': { good: 'true', wrong: ['1', 'often'] },
  'profiler.wait_steps': { good: '2', wrong: ['-1', 'x'] },
  cudnn_deterministic_mode: { good: 'warn', wrong: ['sometimes', '7', 'true'] },
};
const KEYS = Object.keys(LINES);

/** Of RULE_CASES, those that are warnings, and why. */
const NO_PAIRS: Readonly<Record<string, string>> = {
  'warm-up-within-the-run': 'a long warm-up is unwise, not impossible: a warning',
  'saved-by-epochs': 'torchtune does as it is told, but launch_runs cannot go on from it: a warning',
};
/** Read by every recipe, and part of no rule. */
const UNRELATED = ['seed', 'lr', 'batch_size', 'log_every_n_steps', 'shuffle', 'optimizer.eps'];

const HEAD = `---
experiment: exp
cluster: local
---

## Models

| model | path |
|---|---|
| Llama-3.2-1B-Instruct | /models/llama |

## Datasets

| dataset | path | format |
|---|---|---|
| words | /data/words.json | instruct |

## Runs

| run | type | model | dataset |
|---|---|---|---|
| a | fine-tune | Llama-3.2-1B-Instruct | words |

## Defaults

| setting | value |
|---|---|`.split('\n');

const planOf = (rows: readonly (readonly [string, string])[], head = HEAD): string =>
  [...head, ...rows.map(([key, value]) => `| ${key} | ${value} |`), ''].join('\n');
/** The line of the plan in which a row of Defaults stands. */
const lineOf = (row: number): number => HEAD.length + 1 + row;

/** All that parsing and rendering tell of a plan. */
async function told(text: string): Promise<readonly Problem[]> {
  const { plan, problems } = await parsePlan(text, { framework: (name) => (name === 'torchtune' ? torchtune : undefined) });
  if (plan === undefined) return problems;
  return [
    ...problems,
    ...plan.runs.flatMap((run) => {
      const places = { run_dir: '/scratch/e/a', model_dir: '/models/llama', teacher_dir: '/models/teacher' };
      return torchtune.render({ plan, run, settings: settingsOf(plan, run), places }).problems;
    }),
  ];
}
const errorLines = (problems: readonly Problem[]): number[] =>
  problems.filter(({ severity }) => severity === 'error').map(({ where }) => Number(/^runs_plan\.md:(\d+):/.exec(where)?.[1]));

/** A sound plan of some of the keys; those of one component that need each other stay together. */
const soundKeys = fc
  .subarray(KEYS)
  .map((keys) => [...new Set(keys.flatMap((key) => TOGETHER.find((group) => group.includes(key)) ?? [key]))]);
const TOGETHER = [
  ['packed', 'max_seq_len'],
  ['dataset.column_map.input', 'dataset.column_map.output'],
  ['profiler.enabled', 'profiler.wait_steps'],
];
const soundRows = soundKeys.map((keys) => keys.map((key): readonly [string, string] => [key, LINES[key]?.good ?? '']));
const withOne = soundRows.filter((rows) => rows.length > 0).chain((rows) => fc.tuple(fc.constant(rows), fc.nat(rows.length - 1)));

/** Letters left out, doubled, turned round or replaced. */
const typo = (word: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(word.length - 2), fc.constantFrom('drop', 'double', 'turn', 'replace'), fc.constantFrom(...'qzxw'))
    .map(([at, kind, letter]) => {
      const [a = '', b = ''] = [word[at], word[at + 1]];
      const middle = { drop: b, double: a + a + b, turn: b + a, replace: letter + b }[kind] ?? '';
      return word.slice(0, at) + middle + word.slice(at + 2);
    })
    .filter((other) => other !== word && /^[\w.]+$/.test(other) && !/^\.|\.\.|\.$/.test(other));

/** What looks like a typo and is another word that is known. */
const isKnown = (key: string): boolean => SETTINGS[key.toLowerCase().replaceAll('-', '_')] !== undefined || torchtune.ownKey(key).known;

describe('of a plan', () => {
  it('that is sound, nothing is told but that some of it is for GPUs', async () => {
    await fc.assert(
      fc.asyncProperty(soundRows, async (rows) => {
        expect(errorLines(await told(planOf(rows)))).toEqual([]);
      }),
    );
  });

  it('a typo in a key, at any depth, is told at its line', async () => {
    const mutants = withOne.chain(([rows, row]) => fc.tuple(fc.constant(rows), fc.constant(row), typo(rows[row]?.[0] ?? 'xx')));
    await fc.assert(
      fc.asyncProperty(mutants, async ([rows, row, key]) => {
        fc.pre(!isKnown(key));
        const mutated = rows.map((one, index): readonly [string, string] => (index === row ? [key, one[1]] : one));
        expect(errorLines(await told(planOf(mutated)))).toContain(lineOf(row));
      }),
      { numRuns: 300 },
    );
  });

  it('a value of a wrong type or out of range is told at its line', async () => {
    const mutants = withOne.chain(([rows, row]) =>
      fc.tuple(fc.constant(rows), fc.constant(row), fc.constantFrom(...(LINES[rows[row]?.[0] ?? '']?.wrong ?? []))),
    );
    await fc.assert(
      fc.asyncProperty(mutants, async ([rows, row, value]) => {
        const mutated = rows.map((one, index): readonly [string, string] => (index === row ? [one[0], value] : one));
        expect(errorLines(await told(planOf(mutated)))).toContain(lineOf(row));
      }),
      { numRuns: 300 },
    );
  });

  it.each(KEYS.flatMap((key) => (LINES[key]?.wrong ?? []).map((value) => [key, value] as const)))(
    '%s cannot be %s, whatever else it says',
    async (key, value) => {
      expect(errorLines(await told(planOf([[key, value]])))).toContain(lineOf(0));
    },
  );

  const pairs = RULE_CASES.filter(
    ({ rule, cells = {}, example, edits }) =>
      edits === undefined && example === undefined && Object.keys(cells).length > 1 && !(rule in NO_PAIRS),
  );
  it.each(pairs.map(({ rule, cells }) => [rule, cells] as const))(
    'a pair that contradicts itself (%s) is told at one of its lines',
    async (_rule, cells = {}) => {
      const own = Object.entries(cells).map(([key, value]): readonly [string, string] => [
        key,
        Array.isArray(value) ? `[${value.join(', ')}]` : String(value),
      ]);
      await fc.assert(
        fc.asyncProperty(soundRows, async (rows) => {
          // Only what neither the pair nor its recipe settles otherwise.
          const others = rows.filter(([key]) => UNRELATED.includes(key) && !(key in cells));
          const lines = errorLines(await told(planOf([...others, ...own])));
          expect(lines.some((line) => line >= lineOf(others.length))).toBe(true);
        }),
        { numRuns: 20 },
      );
    },
  );

  it.each([
    ['experiment: exp', 'experimnt: exp'],
    ['cluster: local', 'clustr: local'],
    ['| model | path |', '| model | paht |'],
    ['| dataset | path | format |', '| dataset | path | fromat |'],
    ['| run | type | model | dataset |', '| run | type | modle | dataset |'],
    ['| words | /data/words.json | instruct |', '| words | /data/words.json | instrct |'],
    ['| a | fine-tune | Llama-3.2-1B-Instruct | words |', '| a | fine-tnue | Llama-3.2-1B-Instruct | words |'],
    ['| a | fine-tune | Llama-3.2-1B-Instruct | words |', '| a | fine-tune | Lama-3.2-1B-Instruct | words |'],
    ['| a | fine-tune | Llama-3.2-1B-Instruct | words |', '| a | fine-tune | Llama-3.2-1B-Instruct | wrods |'],
  ])('%s written as %s is told at its line', async (line, written) => {
    const head = HEAD.map((one) => (one === line ? written : one));
    const problems = await told(planOf([['lr', '2e-4']], head));
    expect(errorLines(problems)).toContain(HEAD.indexOf(line) + 1);
  });
  it.each(['## Models', '## Datasets', '## Runs', '## Defaults'])('a typo in %s is told at the table below it', async (heading) => {
    const head = HEAD.map((one) => (one === heading ? `${one.slice(0, 4)}${one.slice(5)}` : one));
    const table = HEAD.indexOf(heading) + 3;
    expect(errorLines(await told(planOf([['lr', '2e-4']], head)))).toContain(table);
  });
});
