import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RevisionInput } from '../../server/plan/input.ts';
import { parsePlan } from '../../server/plan/parse.ts';
import { revisePlan } from '../../server/plan/revise.ts';
import { parseOptions } from './fake_framework.ts';

const TEXT = `---
experiment: exp   # the folder
cluster: local
---

# Why

Prose  with   odd spacing.

## Datasets

| dataset  | path         | format   |
|----------|--------------|----------|
| words_5L | /data/5.json | instruct |

<!-- keep me -->

## Defaults

setting | value
--- | ---
lr | 1e-4
epochs | 1

## Runs

| Run | Model                 | Dataset  | LoRA Rank |
|-----|:----------------------|----------|----------:|
| z   | Llama-3.2-1B-Instruct | words_5L |         8 |
| b   | Llama-3.2-3B-Instruct | words_5L |        64 |

The end, without a line's end.`;

async function revise(changes: RevisionInput, { text = TEXT, launched = [] as string[] } = {}) {
  const { plan, problems } = await parsePlan(text, parseOptions);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  const revision = revisePlan(text, plan, changes, new Set(launched));
  expect((await parsePlan(revision.text, parseOptions)).problems).toEqual([]);
  return revision;
}

/** The lines that are not in both. */
function difference(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `- ${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+ ${line}`),
  ];
}

describe('revising a plan', () => {
  test('a change of a run that is not there names the nearest', async () => {
    await expect(
      revise({
        runs: [
          { run: 'bb', lora_rank: 4 },
          { run: 'zz', 'LoRA Rank': 4 },
        ],
      }),
    ).rejects.toThrow(
      'the plan was not changed\n' +
        'runs_plan.md: there is no run "bb" to be changed, and a new one needs a model; did you mean "b"?\n' +
        'runs_plan.md: there is no run "zz" to be changed, and a new one needs a model; did you mean "z"?',
    );
  });

  test('adds a run in the style of the table', async () => {
    const { text, ...rest } = await revise({ runs: [{ run: 'new', model: 'Llama-3.2-1B-Instruct', dataset: 'words_5L', lora_rank: 8 }] });
    expect(difference(TEXT, text)).toEqual(['+ | new | Llama-3.2-1B-Instruct | words_5L | 8         |']);
    expect(text.indexOf('| b ')).toBeLessThan(text.indexOf('| new '));
    expect(rest).toEqual({ added: ['new'], changed: [], removed: [], renamed: [], changedLaunched: [], elsewhere: [] });
  });

  test('changes one cell and keeps its column aligned', async () => {
    const { text, changed, changedLaunched } = await revise({ runs: [{ run: 'z', lora_rank: 128 }] }, { launched: ['z'] });
    expect(difference(TEXT, text)).toEqual([
      '- | z   | Llama-3.2-1B-Instruct | words_5L |         8 |',
      '+ | z   | Llama-3.2-1B-Instruct | words_5L |       128 |',
    ]);
    expect([changed, changedLaunched]).toEqual([['z'], ['z']]);
  });

  test('adds a column only for a new setting, with - in the other rows', async () => {
    const { text, changed } = await revise({ runs: [{ run: 'z', seed: 3 }] });
    expect(difference(TEXT, text)).toEqual([
      '- | Run | Model                 | Dataset  | LoRA Rank |',
      '- |-----|:----------------------|----------|----------:|',
      '- | z   | Llama-3.2-1B-Instruct | words_5L |         8 |',
      '- | b   | Llama-3.2-3B-Instruct | words_5L |        64 |',
      '+ | Run | Model                 | Dataset  | LoRA Rank | seed |',
      '+ |-----|:----------------------|----------|----------:|------|',
      '+ | z   | Llama-3.2-1B-Instruct | words_5L |         8 | 3    |',
      '+ | b   | Llama-3.2-3B-Instruct | words_5L |        64 | -    |',
    ]);
    expect(changed).toEqual(['z']);
  });

  test('removes and renames runs', async () => {
    const { text, removed, renamed } = await revise({ remove_runs: ['b'], rename_runs: { z: 'first' } });
    expect(difference(TEXT, text)).toEqual([
      '- | z   | Llama-3.2-1B-Instruct | words_5L |         8 |',
      '- | b   | Llama-3.2-3B-Instruct | words_5L |        64 |',
      '+ | first | Llama-3.2-1B-Instruct | words_5L |         8 |',
    ]);
    expect([removed, renamed]).toEqual([['b'], [{ from: 'z', to: 'first' }]]);
  });

  test('changes, adds and removes defaults, data sets and front matter', async () => {
    const { text, elsewhere, changed } = await revise({
      cluster: 'della',
      framework: 'torchtune',
      framework_version: 'nightly',
      defaults: { LR: 0.0003, epochs: null, lora_alpha: 16 },
      datasets: [
        { dataset: 'words_5L', path: '/data/five.json' },
        { dataset: 'w', path: '/w', format: 'chat' },
      ],
    });
    expect(difference(TEXT, text)).toEqual([
      '- cluster: local',
      '- | words_5L | /data/5.json | instruct |',
      '- lr | 1e-4',
      '- epochs | 1',
      '+ cluster: della',
      '+ framework: torchtune',
      '+ framework_version: nightly',
      '+ | words_5L | /data/five.json | instruct |',
      '+ | w        | /w           | chat     |',
      '+ lr | 3e-4',
      '+ | lora_alpha | 16 |',
    ]);
    expect(elsewhere).toEqual([
      'framework',
      'framework_version',
      'cluster',
      'Datasets: words_5L',
      'Datasets: w',
      'Defaults: lr',
      'Defaults: epochs',
      'Defaults: lora_alpha',
    ]);
    expect(changed).toEqual(['z', 'b']);
  });

  test('adds a section where there is none', async () => {
    const { text } = await revise({ models: [{ model: 'Llama-3.2-1B-Instruct', path: '/m' }] });
    expect(text).toContain('\n<!-- keep me -->\n\n## Defaults\n');
    expect(text).toContain(
      'odd spacing.\n\n## Models\n\n| model                 | path |\n|-----------------------|------|\n| Llama-3.2-1B-Instruct | /m   |\n\n## Datasets\n',
    );
  });

  test.each<[string, RevisionInput]>([
    ['nothing', {}],
    [
      'what holds already, in other words',
      {
        cluster: 'local',
        defaults: { lr: 0.0001, epochs: '1', seed: null },
        runs: [{ run: 'z', type: 'fine-tune', model: 'Llama-3.2-1B-Instruct', lora_rank: '8', seed: null }],
      },
    ],
  ])('changes no byte for %s', async (_, changes) => {
    for (const text of [TEXT, `\uFEFF${TEXT.replaceAll('\n', '\r\n')}`, `${TEXT}\n\n`]) {
      expect(await revise(changes, { text })).toEqual({
        text,
        added: [],
        changed: [],
        removed: [],
        renamed: [],
        changedLaunched: [],
        elsewhere: [],
      });
    }
  });

  test('changes no byte of any text without a change', async () => {
    const { plan } = await parsePlan(TEXT, parseOptions);
    if (plan === undefined) throw new Error('the fixture is no plan');
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\r\n', '\n', '\r', '\uFEFF', '| a |', '|---|', '## Runs', ' ', 'x', '---')), (parts) => {
        const text = parts.join('');
        expect(revisePlan(text, plan, {}, new Set()).text).toBe(text);
      }),
    );
  });

  test('keeps CRLF, and a file that ends with a row', async () => {
    const text = TEXT.slice(0, TEXT.indexOf('\n\nThe end')).replaceAll('\n', '\r\n');
    const { text: after } = await revise({ runs: [{ run: 'n', model: 'Llama-3.2-1B-Instruct', dataset: 'words_5L' }] }, { text });
    expect(after).toBe(`${text}\r\n| n   | Llama-3.2-1B-Instruct | words_5L | -         |`);
  });

  test('refuses to remove or rename what has jobs or is not there, all at once', async () => {
    await expect(revise({ remove_runs: ['z', 'y'], rename_runs: { b: 'c' } }, { launched: ['z', 'b'] })).rejects.toThrow(
      [
        'the plan was not changed',
        'runs_plan.md:29:3: run "z" cannot be removed: it has jobs; leave it in the plan, and add a new run beside it',
        'runs_plan.md: there is no run "y" to be removed; did you mean "z"?',
        'runs_plan.md:30:3: run "b" cannot be renamed: it has jobs; leave it in the plan, and add a new run beside it',
      ].join('\n'),
    );
  });
});
