import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { RULES } from '../../../server/frameworks/torchtune/rules/check.ts';
import { RULES_OF_0_6_1 } from '../../../server/frameworks/torchtune/rules/only_0_6_1.ts';
import { RULES_OF_NIGHTLY } from '../../../server/frameworks/torchtune/rules/only_nightly.ts';
import type { Framework } from '../../../server/model/framework.ts';
import { problemLine } from '../../../server/model/problem.ts';
import type { SettingValue } from '../../../server/model/settings.ts';
import { type Cells, configText, requestFor } from '../example_plan.ts';
import { RULE_CASES } from './rule_cases/all_cases.ts';
import { NIGHTLY_CASES } from './rule_cases/nightly.ts';
import type { Edits } from './rule_cases/rule_case.ts';

type Example = Parameters<typeof requestFor>[1];
const nightly = await torchtune.inVersion('nightly');
const problemsOf = (cells: Cells, example?: Example, framework: Framework = torchtune): string[] => {
  const rendered = framework.render(requestFor(cells, example));
  expect('text' in rendered).toBe(rendered.problems.every(({ severity }) => severity === 'warning'));
  return rendered.problems.map(problemLine);
};

/** What is the plan's own to get wrong, besides the rules. */
const CASES: [string, Cells, string, Example?][] = [
  [
    'LoRA settings of a full training',
    { method: 'full', lora_rank: 8 },
    'runs_plan.md:40:2: lora_rank means nothing with method full, which trains all weights; remove it, or use method lora',
  ],
  [
    'a misspelt argument',
    { 'optimizer.beta': '[0.9, 0.95]' },
    'runs_plan.md:40:1: torch.optim.AdamW has no argument "beta"; did you mean "betas"?',
  ],
  ...[
    ['bitsandbytes.optim.AdamW8bt', 'bitsandbytes.optim.AdamW8bit'],
    ['bitsandbytes.optim.PagedAdamw8bit', 'bitsandbytes.optim.PagedAdamW8bit'],
    ['torchao.optim.AdamW8Bits', 'torchao.optim.AdamW8bit'],
    ['torchao.prototype.low_bit_optim.AdamW4bi', 'torchao.prototype.low_bit_optim.AdamW4bit'],
  ].map(([optimizer = '', meant]): (typeof CASES)[number] => [
    `the optimizer ${optimizer}`,
    { optimizer },
    `runs_plan.md:40:1: there is no optimizer component "${optimizer}"; did you mean "${meant}"?`,
  ]),
  [
    'a misspelt loss of torch',
    { 'loss._component_': 'torch.nn.CrossEntropyLos' },
    'runs_plan.md:40:1: there is no loss component "torch.nn.CrossEntropyLos"; did you mean "torch.nn.CrossEntropyLoss"?',
  ],
  [
    'an argument of a full model',
    { method: 'full', 'model.lora_rankk': 8 },
    'runs_plan.md:40:2: torchtune.models.llama3_2.llama3_2_1b has no argument "lora_rankk"; known: tie_word_embeddings',
  ],
  [
    'a key that contradicts a setting',
    { max_seq_len: 512, 'tokenizer.max_seq_len': 1024 },
    'runs_plan.md:40:2: tokenizer.max_seq_len 1024 contradicts max_seq_len 512 (runs_plan.md:40:1); keep only max_seq_len',
  ],
  [
    'the output folder',
    { output_dir: '/elsewhere' },
    "runs_plan.md:40:1: output_dir cannot be set in the plan; remove it: checkpoints go to the run's artifacts/ folder, where the later stages look for them",
  ],
  [
    'an interpolation in the prompt',
    { prompt: '${secret} {input}' },
    'runs_plan.md:40:1: tokenizer.prompt_template.user: "${" starts an interpolation of OmegaConf and cannot be written as plain text; write it otherwise',
  ],
  [
    'a prompt of OmegaConf’s missing mark',
    { prompt: '???{input}' },
    'runs_plan.md:40:1: tokenizer.prompt_template.user: "???" means a missing value to OmegaConf; write it otherwise',
  ],
  [
    'a builder without sizes',
    {},
    'runs_plan.md:10:1: model tiny lacks num_heads, num_kv_heads, embed_dim, max_seq_len, vocab_size; add these columns under Models',
    { model: 'tiny', planned: { builder: 'llama3', sizeCells: { num_layers: 2 } } },
  ],
  [
    'a relative data path',
    {},
    'runs_plan.md:20:1: the path "words.json" of data set words is relative, and would be looked for in the run\'s folder; give the absolute path on the cluster',
    { dataset: { path: 'words.json' } },
  ],
  [
    'a split of a file',
    {},
    'runs_plan.md:20:1: a file has only the split "train", not "test"; leave split empty and name the part of the file in field',
    { dataset: { split: 'test' } },
  ],
  ...[
    'train[abc]',
    'train[]',
    'train[3]',
    'train[:1k]',
    'train[:10.5%]',
    'train[:200%]',
    'train[ :3]',
    'train[:3]+train[x]',
    'train[:2] + train[5:]',
  ].map((split): (typeof CASES)[number] => [
    `the slice ${split}`,
    {},
    `runs_plan.md:20:1: the split "${split}" cannot be read by datasets; write it as train[:1000], train[1000:] or train[10%:20%]`,
    { dataset: { split } },
  ]),
  [
    'one column for question and answer',
    {},
    'runs_plan.md:20:1: input_column and output_column are both "text": it would learn to repeat its input; name two columns',
    { dataset: { input_column: 'text', output_column: 'text' } },
  ],
  [
    'the usual column for question and answer',
    {},
    'runs_plan.md:20:1: input_column and output_column are both "output": it would learn to repeat its input; name two columns',
    { dataset: { input_column: 'output' } },
  ],
  [
    'one column for both answers',
    {},
    'runs_plan.md:20:1: chosen_column and rejected_column are both "rejected": no answer would be better than the other; name two columns',
    { dataset: { format: 'preference', chosen_column: 'rejected' } },
  ],
  [
    'two splits of one data set',
    { 'dataset.split': 'train[:100]' },
    'runs_plan.md:40:1: dataset.split is already set by runs_plan.md:20:1; keep one of them',
    { dataset: { split: 'train[:10]' } },
  ],
  [
    'a system prompt where none fits',
    {},
    'runs_plan.md:20:1: format completion takes no system_prompt; remove it, or use format instruct, chat or preference',
    { dataset: { format: 'completion', system_prompt: 'x' } },
  ],
];

const PROFILER = 'torchtune.training.setup_torch_profiler';

/** The file of a plan's run with some keys set otherwise, as a person would. */
function byHand(cells: Cells, example: Example | undefined, edits: Edits): string {
  const text = configText(requestFor(cells, example));
  const document = parseDocument(text, { version: '1.1' });
  for (const [key, value] of Object.entries(edits)) {
    if (value === undefined) document.deleteIn(key.split('.'));
    else document.setIn(key.split('.'), document.createNode(value, { flow: true }));
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

describe('a rule', () => {
  it('has a case in which it is broken', () => {
    expect([...new Set(RULE_CASES.map(({ rule }) => rule))].sort()).toEqual([...RULES, ...RULES_OF_0_6_1].map(({ name }) => name).sort());
  });

  it('of nightly has one too', () => {
    expect([...new Set(NIGHTLY_CASES.map(({ rule }) => rule))].sort()).toEqual(RULES_OF_NIGHTLY.map(({ name }) => name).sort());
  });

  it.each(NIGHTLY_CASES.map((one) => [one.rule, one] as const))('%s, of nightly', (_name, { cells = {}, example, tells }) => {
    expect(problemsOf(cells, example, nightly)).toEqual([`runs_plan.md:${tells}`]);
  });

  it.each(RULE_CASES.map((one) => [`${one.rule}, ${one.edits === undefined ? 'in a plan' : 'in a file made by hand'}`, one] as const))(
    '%s',
    (_name, { cells = {}, example, edits, tells }) => {
      if (edits === undefined) expect(problemsOf(cells, example)).toEqual([`runs_plan.md:${tells}`]);
      else expect(torchtune.judgeConfig(byHand(cells, example, edits), 'f').map(problemLine)).toEqual([`f:${tells}`]);
    },
  );
});

describe('in a file made by hand', () => {
  it.each<[string, Cells, Example, Edits]>([
    ['as the plan makes it', {}, undefined, {}],
    ['of all weights on several GPUs', { method: 'full', gpus: 4, epochs: 3 }, undefined, {}],
    ['that goes on after its warm-up', { epochs: 3 }, undefined, { 'lr_scheduler.num_warmup_steps': -90, 'lr_scheduler.num_cycles': 0.9 }],
    ['with a profiler that is off', {}, undefined, { profiler: { _component_: PROFILER, enabled: false, wait_steps: 5 } }],
    ['below /tmp', {}, undefined, { output_dir: '/tmp/mine/a_run/artifacts' }],
    ['of a component of one’s own', {}, undefined, { dataset: { _component_: 'my_data.words', packed: 'much', words: 3 } }],
    ['with a key that others refer to', {}, undefined, { base: '/scratch/models', 'tokenizer.path': '${base}/tokenizer.model' }],
    ['of pairs', { gpus: 2, method: 'full' }, { dataset: { format: 'preference', path: '/d/p.jsonl' } }, {}],
    ['of a teacher', { teacher_model: 'Meta-Llama-3.1-8B-Instruct' }, undefined, {}],
  ])('%s, nothing is told', (_what, cells, example, edits) => {
    expect(torchtune.judgeConfig(byHand(cells, example, edits), 'f').map(problemLine)).toEqual([]);
  });

  it.each<[string, Edits, string[]]>([
    [
      'a typo that trains with a default',
      { epoch: 2 },
      ['f:78:1: lora_finetune_single_device does not read "epoch" and torchtune would ignore it without a word; did you mean "epochs"?'],
    ],
    [
      'a key of nightly',
      { save_every_n_steps: 10 },
      [
        'f:78:1: lora_finetune_single_device does not read "save_every_n_steps" and torchtune would ignore it without a word; remove it, or write "# torchtune: nightly" at the top of the file where one is installed: only that reads it',
      ],
    ],
    ['a missing key', { seed: undefined }, ['f:1:1: lora_finetune_single_device needs seed, and the file has none; add seed']],
    ['a flag in quotes', { shuffle: 'false' }, ['f:43:1: shuffle cannot be "false"; it must be true or false, without quotes']],
    [
      'what is packed and cannot be, once',
      { dataset: { _component_: 'torchtune.datasets.preference_dataset', source: 'json', packed: true } },
      [
        'f:35:77: torchtune.datasets.preference_dataset has no argument "packed"; known: source, column_map, train_on_input, new_system_prompt, filter_fn, split, name, data_dir, data_files, cache_dir, revision, field, ...',
      ],
    ],
    [
      'a missing argument',
      { 'checkpointer.checkpoint_dir': undefined },
      ['f:24:1: torchtune.training.FullModelHFCheckpointer needs the argument "checkpoint_dir"; set checkpointer.checkpoint_dir'],
    ],
  ])('%s is told at its line', (_what, edits, expected) => {
    expect(torchtune.judgeConfig(byHand({}, undefined, edits), 'f').map(problemLine)).toEqual(expected);
  });
});

describe('before a job is submitted, the config stage tells', () => {
  it.each(CASES)('%s', (_what, cells, expected, example) => {
    expect(problemsOf(cells, example)).toEqual([expected]);
  });

  it('everything at once', () => {
    const problems = problemsOf({ packed: true, dtype: 'fp16', activation_offloading: true, output_dir: 'x', 'optimizer.lrr': 1 });
    expect(problems.map((line) => line.split(': ')[0])).toEqual([4, 5, 2, 3, 1].map((column) => `runs_plan.md:40:${column}`));
  });

  it.each([
    ...['bitsandbytes.optim.Lion8bit', 'bitsandbytes.optim.PagedAdEMAMix32bit', 'bitsandbytes.optim.NewestOptimizer'],
    ...['torchao.optim.AdamWFp8', 'torchao.optim.elsewhere.AdamW8bt', 'my.optim.AdamW8bt'],
  ])('nothing of the optimizer %s, which may be there', (optimizer) => {
    expect(problemsOf({ optimizer })).toEqual([]);
  });

  it('nothing of QLoRA with several epochs on the CPU, which saves right', () => {
    expect(problemsOf({ gpus: 0, epochs: 2, method: 'qlora' })).toEqual([]);
  });
});

describe('what a data set’s row says wrong', () => {
  const COLUMNS = [
    'path',
    'format',
    'split',
    'field',
    'input_column',
    'output_column',
    'chosen_column',
    'system_prompt',
    'prompt_template',
  ];
  const cells = new Map(COLUMNS.map((column, index) => [column, { line: 20, column: 101 + index }]));
  it.each<[string, NonNullable<Example>['dataset'], string]>([
    ['a relative path', { path: 'words.json' }, '101: the path "words.json"'],
    ['a split', { split: 'test' }, '103: a file has only the split "train"'],
    ['a slice', { split: 'train[abc]' }, '103: the split "train[abc]" cannot be read'],
    ['an input column', { format: 'alpaca', input_column: 'a' }, '105: alpaca has the columns'],
    ['an output column', { format: 'completion', output_column: 'a' }, '106: format completion has no output column'],
    ['an output column of pairs', { format: 'preference', output_column: 'a' }, '106: format preference has pairs'],
    ['a column of pairs', { chosen_column: 'a' }, '107: format instruct has no pairs'],
    ['a system prompt', { format: 'completion', system_prompt: 'x' }, '108: format completion takes no system_prompt'],
    ['a template', { prompt_template: 'x' }, '109: torchtune has no "x" for this'],
    ['one column twice', { input_column: 'a', output_column: 'a' }, '106: input_column and output_column are both "a"'],
  ])('is told at its cell: %s', (_what, dataset, expected) => {
    const [problem = '', ...others] = problemsOf({}, { dataset: { ...dataset, cells } });
    expect([problem.slice(0, `runs_plan.md:20:${expected}`.length), others]).toEqual([`runs_plan.md:20:${expected}`, []]);
  });
});

describe('a size of a llama3', () => {
  it.each<[string, SettingValue, string | undefined]>([
    ['num_layers', 2, undefined],
    ['num_layers', 0, 'a whole number from 1 up'],
    ['num_heads', 2.5, 'a whole number from 1 up'],
    ['embed_dim', -64, 'a whole number from 1 up'],
    ['vocab_size', true, 'a whole number from 1 up'],
    ['intermediate_dim', 0, 'a whole number from 1 up'],
    ['max_seq_len', 'long', 'a whole number from 1 up'],
    ['norm_eps', 1e-5, undefined],
    ['norm_eps', 0, 'a number above 0'],
    ['rope_base', 500000, undefined],
    ['model_type', 'LLAMA3_2', undefined],
    ['model_type', 'QWEN2', 'one of LLAMA2, LLAMA3, LLAMA3_2, MISTRAL'],
  ])('%s may be %s, or must be something else', (size, value, range) => {
    expect(torchtune.builderSizes('llama3')?.rangeMissed(size, value)).toBe(range);
  });
});

describe('a model that torchtune does not know', () => {
  it.each([
    ['Llama-3.2-1B-Instrct', 'did you mean "Llama-3.2-1B-Instruct"?'],
    ['Llama-3-8B', 'did you mean "Meta-Llama-3-8B"?'],
    [
      'Qwen3-8B',
      "a nightly of 0.7 knows Qwen3 of 0.6B, 1.7B, 4B, 8B, 14B and 32B: set framework_version to nightly in the plan's front matter where one is installed",
    ],
    ['gemma-2-2b-it', 'where it was tuned from gemma-2-2b, give it a row in Models with its path and gemma-2-2b as its builder'],
    [
      'Llama-3.3-70B',
      'where it was tuned from Llama-3.3-70B-Instruct, give it a row in Models with its path and Llama-3.3-70B-Instruct as its builder; one that is built as Llama 3 in another size has the builder llama3 and its sizes there',
    ],
    [
      'Phi-3-mini-128k-instruct',
      'of its family torchtune knows Phi-3-mini-4k-instruct and phi-4: where it was tuned from one of them, give it a row in Models with its path and that one as its builder',
    ],
    [
      'GPT-2',
      'name a model of CodeLlama, gemma, Llama, Mistral, Phi or Qwen; or give it a row in Models with its path and, as its builder, the known model that it was tuned from, or llama3 with its sizes',
    ],
  ])('%s', (name, fix) => {
    const what = `torchtune does not know the model "${name}"`;
    expect(torchtune.unknownModel(name)).toEqual({ what, fix });
    expect(problemsOf({}, { model: name })).toEqual([`runs_plan.md:40:1: ${what}; ${fix}`]);
  });
});

describe('a key that is no setting', () => {
  it.each([
    ['optimizer.betas', { known: true }],
    ['low_cpu_ram', { known: true }],
    ['fsdp_cpu_offload', { known: true }],
    ['dataset.column_map.instruction', { known: true }],
    ['output_dir', { known: true }],
    ['optimizer.beta', { known: false, nearest: 'optimizer.betas' }],
    ['save_every_n_step', { known: false, nearest: 'save_every_n_steps' }],
    ...['save_every_n_steps', 'run_val_every_n_steps', 'dataset_val.split', 'checkpointer.keep_last_n_checkpoints'].map(
      (key): [string, ReturnType<typeof torchtune.ownKey>] => [
        key,
        {
          known: false,
          instead:
            "only a nightly of torchtune 0.7 has it: remove it, or set framework_version to nightly in the plan's front matter where one is installed",
        },
      ],
    ),
    ['log_every_n_step', { known: false, nearest: 'log_every_n_steps' }],
    ['zzzzzzzzzzzzzzzz', { known: false }],
    ['loss', { known: false, instead: 'it is a part of the config: write loss._component_, or another key of loss' }],
    ['metric_logger', { known: false, instead: 'remove it: monitor_jobs reads the log of the DiskLogger' }],
    ['beta', { known: false, instead: 'it is an argument of loss: write loss.beta' }],
    ['betas', { known: false, instead: 'it is an argument of optimizer: write optimizer.betas' }],
    ['name', { known: false }],
  ])('%s', (key, expected) => {
    expect(torchtune.ownKey(key)).toEqual(expected);
  });
});

describe('a format', () => {
  it.each([
    ['instruct', undefined],
    ['torchtune.datasets.grammar_dataset', undefined],
    ['my_data.words', undefined],
    ['instructt', '"instructt" is no format; did you mean "instruct"?'],
    ['preference', undefined],
    ['torchtune.datasets.preference_dataset', undefined],
    [
      'torchtune.datasets.preferences_dataset',
      'torchtune has no data set component "torchtune.datasets.preferences_dataset"; did you mean "torchtune.datasets.preference_dataset"?',
    ],
  ])('%s', (format, expected) => {
    expect(torchtune.formatFault(format)).toBe(expected);
  });
});
