import { describe, expect, test } from 'vitest';
import { settingsOf } from '../../server/model/plan.ts';
import { problemLine } from '../../server/model/problem.ts';
import { type ParseOptions, parsePlan } from '../../server/plan/parse.ts';
import { fakeFramework, parseOptions } from './fake_framework.ts';

const DATASETS = '## Datasets\n\n| dataset | path | format |\n|---|---|---|\n| words_5L | /data/5.json | instruct |\n\n';
const FRONT = '---\nexperiment: exp\n---\n\n';
const HEADER = '| run | type | model | dataset | lora_rank |\n|---|---|---|---|---|\n';
const GOOD = '| a | fine-tune | Llama-3.2-1B-Instruct | words_5L | 8 |\n';

const parse = (text: string, options: Partial<ParseOptions> = {}) => parsePlan(text, { ...parseOptions, ...options });
const complaints = async (text: string, options: Partial<ParseOptions> = {}) => {
  const { plan, problems } = await parse(text, options);
  expect(plan === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
  return problems.map(problemLine);
};
/** The header of Runs stands in line 13; the first row in line 15. */
const withRuns = (rows: string, header = HEADER) => `${FRONT}${DATASETS}## Runs\n\n${header}${rows}`;
const withDefaults = (rows: string) =>
  `${FRONT}${DATASETS}## Runs\n\n${HEADER}${GOOD}\n## Defaults\n\n| setting | value |\n|---|---|\n${rows}`;
const withModels = (table: string) => `${FRONT}${DATASETS}## Runs\n\n${HEADER}${GOOD}\n## Models\n\n${table}`;

describe('a good plan', () => {
  test('is read whole', async () => {
    const { plan, problems } = await parse(
      `---\nexperiment: exp\nframework: torchtune\ncluster: della\ncreated: 2025-10-20\n---\n\n# A question\n\nProse.\n\n## Models\n\n| model | path | builder | num_layers | embed_dim |\n|---|---|---|---|---|\n| tiny | /m/tiny | llama3 | 2 | 64 |\n\n${DATASETS}## Defaults\n\n| setting | value |\n|---|---|\n| lr | 3e-4 |\n| time | 90 |\n\n## Runs\n\n${HEADER}| t_base | base | tiny | - | - |\n${GOOD}`,
      { folder: 'exp' },
    );
    expect(problems).toEqual([]);
    expect(plan).toEqual({
      experiment: 'exp',
      framework: 'torchtune',
      cluster: 'della',
      created: '2025-10-20',
      title: 'A question',
      models: new Map([
        [
          'tiny',
          {
            name: 'tiny',
            path: '/m/tiny',
            builder: 'llama3',
            sizes: new Map([
              ['num_layers', { value: 2, at: { line: 16, column: 29 } }],
              ['embed_dim', { value: 64, at: { line: 16, column: 33 } }],
            ]),
            at: { line: 16, column: 3 },
          },
        ],
      ]),
      datasets: new Map([
        [
          'words_5L',
          {
            name: 'words_5L',
            path: '/data/5.json',
            format: 'instruct',
            at: { line: 22, column: 3 },
            cells: new Map([
              ['path', { line: 22, column: 14 }],
              ['format', { line: 22, column: 29 }],
            ]),
          },
        ],
      ]),
      defaults: new Map<string, unknown>([
        ['lr', { value: 3e-4, at: { line: 28, column: 8 } }],
        ['time', { value: '01:30:00', at: { line: 29, column: 10 } }],
      ]),
      runs: [
        { name: 't_base', type: 'base', model: 'tiny', own: new Map(), at: { line: 35, column: 3 } },
        {
          name: 'a',
          type: 'fine-tune',
          model: 'Llama-3.2-1B-Instruct',
          dataset: 'words_5L',
          own: new Map([['lora_rank', { value: 8, at: { line: 36, column: 54 } }]]),
          at: { line: 36, column: 3 },
        },
      ],
    });
  });

  test('may be written in other forms: case, order, spelling, BOM, CRLF, no outer pipes, no type', async () => {
    const text =
      '# datasets:\n\nFormat | Path | DATASET\n--- | --- | ---\ninstruct | `/d/a\\|b.json` | words_5L\n\n### RUNS\n\nLoRA Rank | Dataset | Model | Run | LR\n:-: | - | - | - | -\n8 | words_5L | meta-llama/Llama-3.2-1B-Instruct | **a** | 1e-5\n';
    const { plan, problems } = await parse(`\uFEFF${text.replaceAll('\n', '\r\n')}`, { folder: 'exp' });
    expect(problems).toEqual([]);
    expect(plan?.experiment).toBe('exp');
    expect(plan?.cluster).toBe('local');
    expect(plan?.datasets.get('words_5L')?.path).toBe('/d/a|b.json');
    const run = plan?.runs[0];
    expect(run).toMatchObject({ name: 'a', type: 'fine-tune', model: 'Llama-3.2-1B-Instruct', dataset: 'words_5L' });
    expect([...(run?.own ?? [])].map(([name, { value }]) => [name, value])).toEqual([
      ['lora_rank', 8],
      ['lr', 1e-5],
    ]);
  });

  test.each(['Fine-Tune', 'finetune', 'fine tune', 'FINE_TUNE', '-', ''])('reads "%s" as the type fine-tune', async (type) => {
    const { plan } = await parse(withRuns(`| a | ${type} | Llama-3.2-1B-Instruct | words_5L | 8 |\n`));
    expect(plan?.runs[0]?.type).toBe('fine-tune');
  });

  test('has the version that it names, else that of its cluster, else the one that a framework has unasked', async () => {
    const asked: string[] = [];
    const framework = { ...fakeFramework };
    framework.inVersion = async (version) => {
      asked.push(version);
      return framework;
    };
    const text = withRuns(GOOD).replace('---\n', '---\ncluster: della\n');
    const versionOn = (cluster: string) => (cluster === 'della' ? 'nightly' : undefined);
    const options = { framework: () => framework, versionOn };
    await parse(text, options);
    await parse(text.replace('---\n', '---\nframework_version: 0.6.1\n'), options);
    await parse(text.replace('della', 'local'), options);
    expect(asked).toEqual(['nightly', '0.6.1']);
    const named = await parse(text.replace('---\n', '---\nFramework Version: "0.6.1"\n'));
    expect(named.plan?.framework_version).toBe('0.6.1');
    expect((await parse(text)).plan).not.toHaveProperty('framework_version');
  });

  test("keeps the scalar of a framework's own key, and the parts of a list as they are written", async () => {
    const rows =
      '| optimizer.betas | [0.9, "0.95", "x, \\\\"y\\\\" ", \' z\',, don\'t, can\'t] |\n| log_every_n_steps | 5 |\n| tokenizer.max_seq_len | null |\n';
    const { plan, problems } = await parse(withDefaults(rows));
    expect(problems).toEqual([]);
    const [run] = plan?.runs ?? [];
    const settings = plan && run ? settingsOf(plan, run) : new Map();
    expect([...settings].map(([name, { value }]) => [name, value])).toEqual([
      ['optimizer.betas', ['0.9', '"0.95"', '"x, \\"y\\" "', "' z'", '', "don't", "can't"]],
      ['log_every_n_steps', 5],
      ['tokenizer.max_seq_len', 'null'],
      ['lora_rank', 8],
    ]);
  });

  test('may have two tunings of one known model, each by a name and a path of its own', async () => {
    const table =
      '| model | path | builder |\n|---|---|---|\n| ours-1 | /m/1 | Llama-3.2-1B-Instruct |\n| ours-2 | /m/2 | Llama-3.2-1B-Instruct |\n';
    const { plan, problems } = await parse(withModels(table).replace(GOOD, GOOD.replace('Llama-3.2-1B-Instruct', 'ours-2')));
    expect(problems).toEqual([]);
    expect([...(plan?.models ?? [])].map(([name, { path, builder }]) => [name, path, builder])).toEqual([
      ['ours-1', '/m/1', 'Llama-3.2-1B-Instruct'],
      ['ours-2', '/m/2', 'Llama-3.2-1B-Instruct'],
    ]);
    expect(plan?.runs[0]?.model).toBe('ours-2');
  });

  test('may give a builder a word', async () => {
    const table = '| model | builder | num_layers | embed_dim | model_type |\n|---|---|---|---|---|\n| m | llama3 | 2 | 64 | LLAMA3_2 |\n';
    const { plan, problems } = await parse(withModels(table));
    expect(problems).toEqual([]);
    expect(plan?.models.get('m')?.sizes.get('model_type')?.value).toBe('LLAMA3_2');
  });

  test('may give a base run settings of the job', async () => {
    const header = '| run | type | model | time |\n|---|---|---|---|\n';
    const { plan, problems } = await parse(`${FRONT}## Runs\n\n${header}| b | base | Llama-3.2-1B-Instruct | 10 |\n`);
    expect(problems).toEqual([]);
    expect(plan?.runs[0]?.own.get('time')?.value).toBe('00:10:00');
  });

  test('has its experiment compared with its folder', async () => {
    expect(await complaints(withRuns(GOOD), { folder: 'other' })).toEqual([
      'runs_plan.md:2:13: experiment is "exp" but the folder is "other"; make them equal: rename one of them',
    ]);
  });

  test('may have tables and pipes in prose, code and comments', async () => {
    const decoys =
      '## Notes\n\n```\n## Runs\n| run | model |\n|---|---|\n```\n\n<!--\n## Runs\n| run |\n|---|\n-->\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n';
    expect(await complaints(`${FRONT}${decoys}${DATASETS}## Runs\n\n${HEADER}${GOOD}`)).toEqual([]);
  });
});

describe('a wrong plan says where, what and how to mend it:', () => {
  test.each([
    [
      'an empty file',
      ' \n',
      ['runs_plan.md:1:1: the plan is empty; write it with plan_runs, or add front matter and a table under "## Runs"'],
    ],
    [
      'no Runs',
      `${FRONT}# T\n`,
      ['runs_plan.md:1:1: the plan has no section "Runs"; add "## Runs" with a table: run, type, model, dataset'],
    ],
    [
      'Runs without a table',
      `${FRONT}## Runs\n\nsoon\n`,
      ['runs_plan.md:5:1: no table under "Runs"; add the table, or remove the heading'],
    ],
    ['Runs without runs', withRuns(''), ['runs_plan.md:13:1: the table under "Runs" has no runs; add a row for each run']],
    [
      'two Runs',
      `${withRuns(GOOD)}\n## runs\n\n${HEADER}${GOOD}`,
      ['runs_plan.md:17:1: a second section "Runs"; line 11 starts one already; put both tables into one'],
    ],
    [
      'two tables in Runs',
      `${withRuns(GOOD)}\n${HEADER}${GOOD}`,
      ['runs_plan.md:17:1: a second table under "Runs"; put its rows into the first, or give it a heading of its own'],
    ],
    [
      'rows torn off',
      `${withRuns(GOOD)}\n${GOOD}`,
      [
        'runs_plan.md:17:1: this line looks like a table row under "Runs" but belongs to no table; a table is a header row, a row of dashes such as |---|---|, and then its rows without blank or other lines between',
      ],
    ],
    [
      'runs under another heading',
      `${withRuns(GOOD)}\n## More\n\n${HEADER}${GOOD}`,
      ['runs_plan.md:19:1: this table of runs stands under "More" and is not read; move its rows under "## Runs"'],
    ],
    [
      'a section whose heading is misspelt',
      `${FRONT}## Model\n\n| model | pth |\n|---|---|\n| tiny | /m |\n\n${DATASETS}## Runs\n\n${HEADER}${GOOD}`,
      ['runs_plan.md:7:1: this table stands under "Model" and is not read; did you mean "## Models"?'],
    ],
    [
      'defaults under a heading of prose',
      `${FRONT}## Notes\n\n| setting | value |\n|---|---|\n| lr | 1 |\n\n${DATASETS}## Runs\n\n${HEADER}${GOOD}`,
      ['runs_plan.md:7:1: this table of defaults stands under "Notes" and is not read; move its rows under "## Defaults"'],
    ],
    [
      'a missing column',
      withRuns('| a |\n', '| run |\n|---|\n'),
      [
        'runs_plan.md:13:1: the table under "Runs" has no column "model"; add a column "model"',
        'runs_plan.md:15:3: fine-tune run "a" has no dataset; name one of Datasets, or make its type base',
      ],
    ],
    [
      'an unknown column',
      withRuns('| a | Llama-3.2-1B-Instruct | words_5L | 8 |\n', '| run | model | dataset | lora_rnk |\n|---|---|---|---|\n'),
      ['runs_plan.md:13:27: unknown column "lora_rnk" in Runs; did you mean "lora_rank"?'],
    ],
    [
      "an unknown key of the framework's",
      withRuns('| a | Llama-3.2-1B-Instruct | words_5L | 8 |\n', '| run | model | dataset | optimizer.beta |\n|---|---|---|---|\n'),
      ['runs_plan.md:13:27: unknown column "optimizer.beta" in Runs; did you mean "optimizer.betas"?'],
    ],
    [
      'a duplicate column',
      withRuns(
        '| a | Llama-3.2-1B-Instruct | words_5L | 8 | 8 |\n',
        '| run | model | dataset | lr | LR |\n|---|---|---|---|---|\n',
      ).replace('8 | 8', '1 | 1'),
      ['runs_plan.md:13:32: duplicate column "LR"; column 27 of this line has it already; keep one'],
    ],
    [
      'a column without a name',
      withRuns('| a | Llama-3.2-1B-Instruct | words_5L | |\n', '| run | model | dataset | |\n|---|---|---|---|\n'),
      ['runs_plan.md:13:27: a column without a name; name it, or remove it'],
    ],
    [
      'too many cells',
      withRuns('| a | fine-tune | Llama-3.2-1B-Instruct | words_5L | 8 | 9 |\n'),
      [
        'runs_plan.md:15:58: this row has 6 cells, but the table has 5 columns; remove what is too much, or write a | that belongs to a text as \\|',
      ],
    ],
    [
      'a duplicate run, also by case',
      withRuns(GOOD + GOOD.replace('a', 'A')),
      ['runs_plan.md:16:3: duplicate run "A"; line 15 has that name already (case does not count); give each run a name of its own'],
    ],
    [
      'a run without a name',
      withRuns('| - | fine-tune | Llama-3.2-1B-Instruct | words_5L | 8 |\n'),
      ['runs_plan.md:15:3: a run without a name; name it, or remove the row'],
    ],
    [
      'an unknown type',
      withRuns('| a | bse | Llama-3.2-1B-Instruct | - | - |\n'),
      ['runs_plan.md:15:7: unknown type "bse"; did you mean "base"?'],
    ],
    ['no model', withRuns('| a | fine-tune | | words_5L | 8 |\n'), ['runs_plan.md:15:19: run "a" has no model; name its model']],
    [
      'an unknown model',
      withRuns('| a | fine-tune | Llama-3.2-1B-Instrct | words_5L | 8 |\n'),
      ['runs_plan.md:15:19: nobody knows "Llama-3.2-1B-Instrct"; name another'],
    ],
    [
      "a misspelt model of the plan's own",
      `${withModels('| model | builder | num_layers | embed_dim |\n|---|---|---|---|\n| my-model | llama3 | 2 | 64 |\n')}`.replace(
        'Llama-3.2-1B-Instruct',
        'my-modl',
      ),
      ['runs_plan.md:15:19: nobody knows "my-modl"; did you mean "my-model"?'],
    ],
    [
      'an unknown teacher',
      withRuns('| a | fine-tune | Llama-3.2-1B-Instruct | words_5L | Llama-3.2-8B-Instruct |\n').replace('lora_rank', 'teacher_model'),
      ['runs_plan.md:15:54: nobody knows "Llama-3.2-8B-Instruct"; name another'],
    ],
    [
      'no dataset',
      withRuns('| a | fine-tune | Llama-3.2-1B-Instruct | n/a | 8 |\n'),
      ['runs_plan.md:15:43: fine-tune run "a" has no dataset; name one of Datasets, or make its type base'],
    ],
    [
      'an unknown dataset',
      withRuns('| a | fine-tune | Llama-3.2-1B-Instruct | words_6L | 8 |\n'),
      ['runs_plan.md:15:43: dataset "words_6L" has no row in Datasets; did you mean "words_5L"?'],
    ],
    [
      'a base run that is trained',
      withRuns('| a | base | Llama-3.2-1B-Instruct | words_5L | 8 |\n'),
      [
        'runs_plan.md:15:38: base run "a" has a dataset; a base run is never trained: write -, or make its type fine-tune',
        'runs_plan.md:15:49: base run "a" has lora_rank; a base run is never trained: write -, or make its type fine-tune',
      ],
    ],
    [
      'a value out of range',
      withRuns('| a | fine-tune | Llama-3.2-1B-Instruct | words_5L | 0 |\n'),
      ['runs_plan.md:15:54: lora_rank cannot be "0"; it must be a whole number from 1 to 4096'],
    ],
    [
      'a none that may be "off"',
      withRuns('| a | fine-tune | Llama-3.2-1B-Instruct | words_5L | None |\n').replace('lora_rank', 'clip_grad_norm'),
      [
        'runs_plan.md:15:54: clip_grad_norm is "none", which may mean "not set" or "off"; write - for "not set"; to have it off in some runs, leave it out of Defaults and set it in the others (lr_scheduler has constant)',
      ],
    ],
    [
      'a default that is none',
      withDefaults('| lr_scheduler | none |\n'),
      [
        'runs_plan.md:21:18: lr_scheduler is "none", which may mean "not set" or "off"; write - for "not set"; to have it off in some runs, leave it out of Defaults and set it in the others (lr_scheduler has constant)',
      ],
    ],
    [
      'a setting by its name elsewhere',
      withDefaults('| learning_rate | 1e-4 |\n| max seq length | 512 |\n| gradient_acumulation | 2 |\n'),
      [
        'runs_plan.md:21:3: unknown setting "learning_rate"; here it is called "lr"',
        'runs_plan.md:22:3: unknown setting "max seq length"; here it is called "max_seq_len"',
        'runs_plan.md:23:3: unknown setting "gradient_acumulation"; did you mean "gradient_accumulation_steps"?',
      ],
    ],
    [
      'what is a column of another table, or said otherwise',
      withDefaults(
        ['system_prompt', 'prompt_template', 'path', 'builder', 'Model', 'warmup_ratio', 'bf16', 'max_steps', 'load_in_4bit', 'qso', 'loss']
          .map((name) => `| ${name} | 1 |\n`)
          .join(''),
      ),
      [
        'runs_plan.md:21:3: unknown setting "system_prompt"; it is a column of Datasets: write it there',
        'runs_plan.md:22:3: unknown setting "prompt_template"; it is a column of Datasets: write it there',
        'runs_plan.md:23:3: unknown setting "path"; it is a column of Models and of Datasets: write it there',
        'runs_plan.md:24:3: unknown setting "builder"; it is a column of Models: write it there',
        'runs_plan.md:25:3: unknown setting "Model"; it is a column of Runs: write it there, run by run',
        'runs_plan.md:26:3: unknown setting "warmup_ratio"; the warm-up is counted in optimizer steps: write warmup_steps',
        'runs_plan.md:27:3: unknown setting "bf16"; write dtype with the value bf16',
        'runs_plan.md:28:3: unknown setting "max_steps"; steps are limited within an epoch: write max_steps_per_epoch, and epochs 1',
        'runs_plan.md:29:3: unknown setting "load_in_4bit"; write method with the value qlora',
        'runs_plan.md:30:3: unknown setting "qso"; did you mean "qos"?',
        'runs_plan.md:31:3: unknown setting "loss"; known: method, teacher_model, lora_rank, lora_alpha, lora_dropout, lora_modules, batch_size, gradient_accumulation_steps, epochs, max_steps_per_epoch, lr, lr_scheduler, ...',
      ],
    ],
    [
      'a key of another version',
      withDefaults('| validate | 1 |\n'),
      ['runs_plan.md:21:3: unknown setting "validate"; only nightly has it'],
    ],
    ['an unknown setting', withDefaults('| epoch | 1 |\n'), ['runs_plan.md:21:3: unknown setting "epoch"; did you mean "epochs"?']],
    [
      'a duplicate setting',
      withDefaults('| epochs | 1 |\n| Epochs | 2 |\n'),
      ['runs_plan.md:22:3: duplicate setting "Epochs"; line 21 sets it already; keep one'],
    ],
    [
      'an unknown front-matter key',
      withRuns(GOOD).replace('---\n', '---\nclustr: della\n'),
      ['runs_plan.md:2:1: unknown front-matter key "clustr"; did you mean "cluster"?'],
    ],
    [
      'front matter that is no YAML',
      withRuns(GOOD).replace('experiment: exp', 'experiment: "exp'),
      [
        'runs_plan.md:1:1: the front matter has no experiment; add a line "experiment: NAME" with the folder\'s name',
        'runs_plan.md:2:17: the front matter is not YAML: Missing closing "quote; write lines such as "experiment: NAME"',
      ],
    ],
    [
      'an unknown cluster',
      withRuns(GOOD).replace('---\n', '---\ncluster: dela\n'),
      ['runs_plan.md:2:10: unknown cluster "dela"; did you mean "della"?'],
    ],
    [
      'an unknown framework',
      withRuns(GOOD).replace('---\n', '---\nframework: torchtun\n'),
      ['runs_plan.md:2:12: unknown framework "torchtun"; did you mean "torchtune"?'],
    ],
    [
      'a version of the framework that there is not, and what else is wrong',
      withDefaults('| epoch | 1 |\n').replace('---\n', '---\nframework_version: 0.70\n'),
      [
        'runs_plan.md:2:20: the plan names torchtune 0.70, for which no config can be written; set framework_version to one of 0.6.1, nightly',
        'runs_plan.md:22:3: unknown setting "epoch"; did you mean "epochs"?',
      ],
    ],
    [
      'an unknown framework, and what else is wrong',
      withDefaults('| epoch | 1 |\n').replace('---\n', '---\nframework: torchtun\n'),
      [
        'runs_plan.md:2:12: unknown framework "torchtun"; did you mean "torchtune"?',
        'runs_plan.md:22:3: unknown setting "epoch"; did you mean "epochs"?',
      ],
    ],
    [
      'an experiment that cannot be a folder',
      withRuns(GOOD).replace('exp\n', 'a/b\n'),
      ['runs_plan.md:2:13: "a/b" cannot name an experiment; use letters, digits and . _ - , starting with a letter or digit'],
    ],
    [
      'a model that nobody knows',
      withModels('| model | path |\n|---|---|\n| mine | /m |\n'),
      ['runs_plan.md:21:3: nobody knows "mine"; name another'],
    ],
    [
      'a builder without its sizes',
      withModels('| model | builder | num_layers |\n|---|---|---|\n| mine | llama3 | two |\n'),
      [
        'runs_plan.md:21:10: model "mine" lacks embed_dim; builder llama3 needs them: add these columns to Models',
        'runs_plan.md:21:19: num_layers cannot be "two"; it must be a number above 0',
      ],
    ],
    [
      'sizes that are none',
      withModels('| model | builder | num_layers | embed_dim | norm_eps |\n|---|---|---|---|---|\n| mine | llama3 | 0 | -64 | true |\n'),
      [
        'runs_plan.md:21:19: num_layers cannot be "0"; it must be a number above 0',
        'runs_plan.md:21:23: embed_dim cannot be "-64"; it must be a number above 0',
        'runs_plan.md:21:29: norm_eps cannot be "true"; it must be a number above 0',
      ],
    ],
    [
      'an unknown builder',
      withModels('| model | builder |\n|---|---|\n| mine | lama3 |\n'),
      ['runs_plan.md:21:10: unknown builder "lama3"; did you mean "llama3"?'],
    ],
    [
      'another builder than there is',
      withModels('| model | builder |\n|---|---|\n| mine | llama2 |\n'),
      ['runs_plan.md:21:10: unknown builder "llama2"; use llama3 with its sizes, or the known model that it was tuned from'],
    ],
    [
      'a known model as the builder, misspelt, or with sizes',
      withModels('| model | builder | num_layers |\n|---|---|---|\n| a | Llama-3.2-1B-Instrct | - |\n| b | Llama-3.2-1B-Instruct | 2 |\n'),
      [
        'runs_plan.md:21:7: unknown builder "Llama-3.2-1B-Instrct"; did you mean "Llama-3.2-1B-Instruct"?',
        'runs_plan.md:22:31: builder Llama-3.2-1B-Instruct has no num_layers; clear the cell',
      ],
    ],
    [
      'sizes without a builder',
      withModels('| model | num_layers |\n|---|---|\n| Llama-3.2-1B-Instruct | 2 |\n'),
      ['runs_plan.md:21:27: model "Llama-3.2-1B-Instruct" has num_layers but no builder; name its builder, or clear the cell'],
    ],
    [
      'an unknown column of Models',
      withModels('| model | pth |\n|---|---|\n| Llama-3.2-1B-Instruct | 2 |\n'),
      ['runs_plan.md:19:11: unknown column "pth" in Models; did you mean "path"?'],
    ],
    [
      'one model twice, by two names',
      withModels('| model |\n|---|\n| Llama-3.2-1B-Instruct |\n| meta-llama/Llama-3.2-1B-Instruct |\n'),
      [
        'runs_plan.md:22:3: duplicate model "meta-llama/Llama-3.2-1B-Instruct"; line 21 has it already; keep one, or give each tuning of it a name of its own and write Llama-3.2-1B-Instruct as its builder',
      ],
    ],
    [
      'a dataset without path and format',
      withRuns(GOOD).replace('/data/5.json | instruct', '- | -'),
      [
        'runs_plan.md:9:14: dataset "words_5L" has no path; say where it lies on the cluster',
        'runs_plan.md:9:18: dataset "words_5L" has no format; give instruct, chat, alpaca, completion, preference or a component',
      ],
    ],
    [
      'a format that cannot be trained on',
      withRuns(GOOD).replace('| instruct', '| instrct'),
      ['runs_plan.md:9:29: dataset "words_5L" cannot have the format "instrct"; use one of instruct, chat, alpaca, completion'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await complaints(text)).toEqual(expected);
  });

  test.each([
    ['../x', "a run's name has letters, digits, . _ - and starts with a letter or digit, since it becomes a folder's name"],
    ['a b', "a run's name has letters, digits, . _ - and starts with a letter or digit, since it becomes a folder's name"],
    ['$(x)', "a run's name has letters, digits, . _ - and starts with a letter or digit, since it becomes a folder's name"],
    ['x'.repeat(200), "it is 200 characters long; a run's name has at most 100"],
    ['LOGS', "the experiment's folder uses that name itself"],
    ['nul', 'Windows and network shares reserve that name'],
  ])('the run name %s', async (name, why) => {
    expect(await complaints(withRuns(GOOD.replace('a', name)))).toEqual([`runs_plan.md:15:3: "${name}" cannot name a run; ${why}`]);
  });

  test('everything at once, in the order of the file', async () => {
    const rows = '| ../x | fine-tune | Llama | words_6L | 0 |\n| b | what | Llama-3.2-1B-Instruct | words_5L | 8 |\n';
    expect((await complaints(withRuns(rows).replace('---\n', '---\nfoo: 1\n'))).map((line) => line.split(': ')[0])).toEqual([
      'runs_plan.md:2:1',
      'runs_plan.md:16:3',
      'runs_plan.md:16:22',
      'runs_plan.md:16:30',
      'runs_plan.md:16:41',
      'runs_plan.md:17:7',
    ]);
  });
});
