import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runNameFault } from '../../server/model/run_name.ts';
import type { PlanInput } from '../../server/plan/input.ts';
import { parsePlan } from '../../server/plan/parse.ts';
import { writePlan } from '../../server/plan/write.ts';
import { parseOptions } from './fake_framework.ts';

const INPUT: PlanInput = {
  experiment: 'cap_5L',
  framework: 'torchtune',
  framework_version: '0.6.1',
  cluster: 'della',
  title: 'Does it carry over?',
  prose: 'Some prose.\n\nMore.\n',
  models: [
    { model: 'Llama-3.2-1B-Instruct', path: '/m/1B' },
    { model: 'tiny', path: '/m/tiny', builder: 'llama3', num_layers: 2, embed_dim: 64 },
  ],
  datasets: [{ dataset: 'words_5L', path: '/d/5|6.json', format: 'instruct' }],
  defaults: { 'LoRA Alpha': 16, lr: 0.0003, lora_modules: ['q_proj', 'v_proj'], 'optimizer.betas': ['0.9', '0.95'], method: 'lora' },
  runs: [
    { run: 'b', type: 'base', model: 'tiny' },
    { run: 'f', model: 'Llama-3.2-1B-Instruct', dataset: 'words_5L', seed: 1, 'LoRA rank': 8 },
  ],
};

describe('a new plan', () => {
  test('is written for people: aligned tables, settings in their usual order', () => {
    expect(writePlan(INPUT)).toBe(`---
experiment: cap_5L
framework: torchtune
framework_version: 0.6.1
cluster: della
---

# Does it carry over?

Some prose.

More.

## Models

| model                 | path    | builder | num_layers | embed_dim |
|-----------------------|---------|---------|------------|-----------|
| Llama-3.2-1B-Instruct | /m/1B   | -       | -          | -         |
| tiny                  | /m/tiny | llama3  | 2          | 64        |

## Datasets

| dataset  | path         | format   |
|----------|--------------|----------|
| words_5L | /d/5\\|6.json | instruct |

## Defaults

| setting         | value          |
|-----------------|----------------|
| method          | lora           |
| lora_alpha      | 16             |
| lora_modules    | q_proj, v_proj |
| lr              | 3e-4           |
| optimizer.betas | [0.9, 0.95]    |

## Runs

| run | type      | model                 | dataset  | lora_rank | seed |
|-----|-----------|-----------------------|----------|-----------|------|
| b   | base      | tiny                  | -        | -         | -    |
| f   | fine-tune | Llama-3.2-1B-Instruct | words_5L | 8         | 1    |
`);
  });

  test('writes the line breaks of a prompt as they are read', () => {
    expect(writePlan({ ...INPUT, defaults: { prompt: 'Q:\t{input}\r\nA: ' } })).toContain('| prompt  | Q:\\t{input}\\nA: |\n');
  });

  test('quotes what a list would lose', () => {
    const list = ['[INST] ', 'a, "b"\nc', 'plain', '0.9', '" d "'];
    expect(writePlan({ ...INPUT, defaults: { 'x.list': list } })).toContain(
      '| x.list  | ["[INST] ", "a, \\\\"b\\\\"\\nc", plain, 0.9, " d "] |\n',
    );
  });

  test('refuses a value that no table cell can hold', () => {
    expect(() => writePlan({ ...INPUT, defaults: { qos: 'a\nb' } })).toThrow(
      "the value of qos has a line break, which a table's cell cannot hold; write it in one line (nothing was changed)",
    );
  });

  test('reads back as what was given', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/).filter((text) => runNameFault(text) === undefined);
    const word = fc
      .string({ unit: 'grapheme-ascii', minLength: 1 })
      .filter((text) => text.trim() === text && !/^(-|n\/a|na|none|)$/i.test(text));
    const settings = fc.record(
      {
        lora_rank: fc.integer({ min: 1, max: 4096 }),
        lr: fc.double({ min: 1e-12, max: 10, noNaN: true }),
        packed: fc.boolean(),
        // A {name} beside {input} is asked about.
        prompt: word.map((text) => `${text.replace(/[{}]/g, '')}: {input}`),
        mem: fc.constantFrom('48G', '1500M'),
        log_every_n_steps: fc.integer(),
      },
      { requiredKeys: [] },
    );
    const runs = fc.uniqueArray(fc.tuple(name, settings), { minLength: 1, maxLength: 6, selector: ([run]) => run.toLowerCase() });
    await fc.assert(
      fc.asyncProperty(name, word, settings, runs, async (experiment, path, defaults, rows) => {
        const text = writePlan({
          experiment,
          datasets: [{ dataset: 'd', path, format: 'chat' }],
          defaults,
          runs: rows.map(([run, own]) => ({ run, model: 'Llama-3.2-3B-Instruct', dataset: 'd', ...own })),
        });
        const { plan, problems } = await parsePlan(text, { ...parseOptions, folder: experiment });
        expect(problems).toEqual([]);
        const values = (of: ReadonlyMap<string, { value: unknown }> | undefined) =>
          Object.fromEntries([...(of ?? [])].map(([key, { value }]) => [key, value]));
        expect(plan?.experiment).toBe(experiment);
        expect(plan?.datasets.get('d')?.path).toBe(path);
        expect(values(plan?.defaults)).toEqual({ ...defaults });
        expect(plan?.runs.map(({ name: run, own }) => [run, values(own)])).toEqual(rows.map(([run, own]) => [run, { ...own }]));
      }),
      { numRuns: 150 },
    );
  });
});
