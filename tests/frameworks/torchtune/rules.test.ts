import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { problemLine } from '../../../server/model/problem.ts';
import { type Cells, requestFor, TINY_LLAMA3 } from '../example_plan.ts';

type Example = Parameters<typeof requestFor>[1];
const problemsOf = (cells: Cells, example?: Example): string[] => {
  const rendered = torchtune.render(requestFor(cells, example));
  expect('text' in rendered).toBe(rendered.problems.every(({ severity }) => severity === 'warning'));
  return rendered.problems.map(problemLine);
};

const CASES: [string, Cells, string, Example?][] = [
  [
    'packed samples without a length',
    { packed: true },
    'runs_plan.md:40:1: packed samples need a max_seq_len, and the plan sets none; set max_seq_len, e.g. 2048',
  ],
  [
    'optimizer_in_bwd with accumulation',
    { method: 'full', gradient_accumulation_steps: 4, optimizer_in_bwd: 'true' },
    'runs_plan.md:40:2: optimizer_in_bwd excludes gradient accumulation, and gradient_accumulation_steps is 4; set gradient_accumulation_steps to 1, or remove optimizer_in_bwd',
  ],
  [
    'optimizer_in_bwd with clipping',
    { method: 'full', clip_grad_norm: 1, gradient_accumulation_steps: 1, optimizer_in_bwd: true },
    'runs_plan.md:40:2: optimizer_in_bwd excludes clip_grad_norm; remove one of them',
  ],
  [
    'offloading without checkpointing',
    { activation_offloading: true },
    'runs_plan.md:40:1: activation_offloading needs activation_checkpointing; set activation_checkpointing to true',
  ],
  [
    'offloading on the CPU',
    { activation_offloading: true, gpus: 0 },
    'runs_plan.md:40:1: activation_offloading needs a GPU, and gpus is 0; set it to false',
  ],
  [
    'LoRA on a tied output layer',
    { lora_modules: ['q_proj', 'output'] },
    'runs_plan.md:40:1: lora_modules has "output", but the output layer of Llama-3.2-1B-Instruct is tied to its embeddings; remove "output"',
  ],
  [
    'LoRA without an attention layer',
    { lora_modules: ['mlp'] },
    'runs_plan.md:40:1: lora_modules names no attention layer, and torchtune needs one; add q_proj, k_proj, v_proj or output_proj',
  ],
  [
    'LoRA settings of a full training',
    { method: 'full', lora_rank: 8 },
    'runs_plan.md:40:2: lora_rank means nothing with method full, which trains all weights; remove it, or use method lora',
  ],
  [
    'a length above the model’s',
    { max_seq_len: 200000 },
    'runs_plan.md:40:1: max_seq_len 200000 is above the 131072 tokens that Llama-3.2-1B-Instruct takes; use at most 131072',
  ],
  [
    'merged checkpoints of several epochs on the CPU',
    { gpus: 0, epochs: 2 },
    'runs_plan.md:40:2: on the CPU torchtune writes wrong merged checkpoints from the second epoch on; set save_adapter_weights_only to true, or epochs to 1',
  ],
  ['fp16', { dtype: 'fp16' }, 'runs_plan.md:40:1: dtype fp16 cannot be trained with; use bf16 or fp32'],
  [
    'a key of another recipe',
    { optimizer_in_bwd: true },
    'runs_plan.md:40:1: lora_finetune_single_device does not read "optimizer_in_bwd" and torchtune would ignore it without a word; remove it; only full_finetune_single_device, full_finetune_distributed, qat_distributed and full_dpo_distributed read it',
  ],
  [
    'a misspelt argument',
    { 'optimizer.beta': '[0.9, 0.95]' },
    'runs_plan.md:40:1: torch.optim.AdamW has no argument "beta"; did you mean "betas"?',
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
    'a warm-up longer than the run',
    { warmup_steps: 100, max_steps_per_epoch: 10 },
    "runs_plan.md:40:1: warmup_steps 100 is not shorter than the run's 10 steps, so the learning rate never reaches lr; use at most 9",
  ],
  [
    '4-bit weights of odd sizes',
    { method: 'qlora', gpus: 0 },
    'runs_plan.md:40:1: method qlora cannot be used with this model: embed_dim x embed_dim is 4096 numbers, which is no multiple of 16384 (the blocks of 4-bit quantisation); use method lora or dora',
    { model: 'tiny', planned: TINY_LLAMA3 },
  ],
  [
    'a model that nobody knows',
    {},
    'runs_plan.md:40:1: torchtune does not know the model "GPT-2"; name a known model, or give it a builder and its sizes under Models',
    { model: 'GPT-2' },
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
  [
    'a system prompt where none fits',
    {},
    'runs_plan.md:20:1: format completion takes no system_prompt; remove it, or use format instruct, chat or preference',
    { dataset: { format: 'completion', system_prompt: 'x' } },
  ],
];

describe('before a job is submitted, the config stage tells', () => {
  it.each(CASES)('%s', (_what, cells, expected, example) => {
    expect(problemsOf(cells, example)).toEqual([expected]);
  });

  it('everything at once', () => {
    const problems = problemsOf({ packed: true, dtype: 'fp16', activation_offloading: true, output_dir: 'x', 'optimizer.lrr': 1 });
    expect(problems.map((line) => line.split(': ')[0])).toEqual([1, 4, 5, 3, 2].map((column) => `runs_plan.md:40:${column}`));
  });

  it('nothing of QLoRA with several epochs on the CPU, which saves right', () => {
    expect(problemsOf({ gpus: 0, epochs: 2, method: 'qlora' })).toEqual([]);
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
    ['log_every_n_step', { known: false, nearest: 'log_every_n_steps' }],
    ['zzzzzzzzzzzzzzzz', { known: false }],
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
