import { DISTRIBUTED, type RealCase } from './real_case.ts';

export type Steps = readonly Readonly<Record<string, number | string>>[];
/** The steps of the sound run, or of another case. */
export type StepsOf = (name: string) => Steps;

const SHARDED = { ...DISTRIBUTED, unmetered: true } as const;
const losses = (steps: Steps): string => steps.map(({ loss }) => loss).join(' ');
const PACKED = { 'dataset.packed': true, 'tokenizer.max_seq_len': 64, batch_size: 1 };
const TEXT = {
  _component_: 'torchtune.datasets.text_completion_dataset',
  source: 'json',
  data_files: '${output_dir}/../../rows.json',
  column: 'output',
  split: 'train',
};
const constant = { lr_scheduler: 'constant', warmup_steps: 0 };

/** By what is wrong: runs that end well, and what shows that they did not do what was meant. The first is sound. */
export const HARMS: Readonly<Record<string, RealCase & { shows: (steps: Steps, of: StepsOf, checkpointed: number) => boolean }>> = {
  sound: { edits: {}, shows: (steps) => steps.length === 2 && steps.every(({ loss }) => Number.isFinite(loss)) },
  'learning-rate: AdamW trains at 1e-3': { cells: constant, edits: { 'optimizer.lr': undefined }, shows: ([first]) => first?.lr === 1e-3 },
  'warm-up-within-the-run: lr stays far below its peak': {
    edits: { 'lr_scheduler.num_warmup_steps': 100 },
    shows: (steps) => steps.length === 2 && steps.every(({ lr }) => Number(lr) < 3e-5),
  },
  'memory-stats-of-a-cpu: no memory is logged': {
    edits: { log_peak_memory_stats: true },
    shows: ([first = {}]) => Object.keys(first).join(' ') === 'loss lr tokens_per_second_per_gpu',
  },
  'sound, with smoothed labels': {
    edits: { loss: { _component_: 'torch.nn.CrossEntropyLoss', label_smoothing: 0.1 } },
    shows: (steps, of) => steps.length === 2 && losses(steps) !== losses(of('sound')),
  },
  'sound, two epochs': { edits: { epochs: 2 }, shows: (steps) => steps.length === 4 },
  'merged-on-the-cpu: the second epoch goes another way': {
    edits: { epochs: 2, save_adapter_weights_only: false },
    shows: (steps, of) => steps.length === 4 && losses(steps) !== losses(of('sound, two epochs')),
  },
  'sound, all weights, sharded': { ...SHARDED, edits: {}, shows: (steps) => steps.length === 2 },
  'sound, checkpointed': {
    ...SHARDED,
    edits: { enable_activation_checkpointing: true },
    shows: (_steps, _of, checkpointed) => checkpointed > 0,
  },
  'ac-mode-with-checkpointing: no layer is checkpointed': {
    ...SHARDED,
    edits: { enable_activation_checkpointing: true, ac_mode: 'full' },
    shows: (_steps, _of, checkpointed) => checkpointed === 0,
  },
  'ac-option-needs-selective: no layer is checkpointed': {
    ...SHARDED,
    edits: { ac_option: 2 },
    shows: (_steps, _of, checkpointed) => checkpointed === 0,
  },
  'tensor-parallel-plan-alone: nothing changes': {
    ...SHARDED,
    edits: { tensor_parallel_plan: { _component_: 'torchtune.models.llama3.base_llama_tp_plan' } },
    shows: (steps, of) => losses(steps) === losses(of('sound, all weights, sharded')),
  },
  'loss-of-answers: NLLLoss takes logits for log probabilities': {
    edits: { loss: { _component_: 'torch.nn.NLLLoss' } },
    shows: (steps, of) => steps.length === 2 && losses(steps) !== losses(of('sound')),
  },
  'groups-of-whole-rows: of 7 layers one is quantised': {
    python: `
import torch
from torchao.quantization.qat.linear import Int8DynActInt4WeightQATLinear
from torchtune.models.llama3 import llama3
from torchtune.training.quantization import Int8DynActInt4WeightQATQuantizer
model = llama3(vocab_size=8, num_layers=1, num_heads=2, num_kv_heads=2, embed_dim=896, max_seq_len=8, intermediate_dim=4864)
prepared = Int8DynActInt4WeightQATQuantizer(groupsize=256).prepare(model.to(torch.float32))
count = sum(isinstance(module, Int8DynActInt4WeightQATLinear) for module in prepared.modules())
assert count == 1, count
`,
    shows: () => true,
  },
  'profiler-that-is-off: nothing changes': {
    edits: { profiler: { _component_: 'torchtune.training.setup_torch_profiler', enabled: false, wait_steps: 1 } },
    shows: (steps, of) => losses(steps) === losses(of('sound')),
  },
  'sound, packed': { edits: PACKED, shows: (steps) => steps.length > 0 },
  'collator-of-packs: nothing changes': {
    edits: { ...PACKED, collate_fn: 'torchtune.data.padded_collate_sft' },
    shows: (steps, of) => losses(steps) === losses(of('sound, packed')),
  },
  'sound, of plain text': { edits: { dataset: TEXT }, shows: (steps) => steps.length === 2 },
  'split-across-packs: nothing changes': {
    edits: { dataset: { ...TEXT, split_across_pack: false } },
    shows: (steps, of) => losses(steps) === losses(of('sound, of plain text')),
  },
  'template-of-plain-text: nothing changes': {
    edits: { dataset: TEXT, 'tokenizer.prompt_template': 'torchtune.data.QuestionAnswerTemplate' },
    shows: (steps, of) => losses(steps) === losses(of('sound, of plain text')),
  },
  'not shuffled': { edits: { shuffle: false }, shows: (steps, of) => losses(steps) !== losses(of('sound')) },
  'a flag in quotes: "false" is true': { edits: { shuffle: 'false' }, shows: (steps, of) => losses(steps) === losses(of('sound')) },
  'epochs: 0 trains nothing': { edits: { epochs: 0 }, shows: (steps) => steps.length === 0 },
  'a batch larger than the data trains nothing': { edits: { batch_size: 32 }, shows: (steps) => steps.length === 0 },
  'unknown keys, and those of the DiskLogger, are ignored': {
    edits: { epoch: 2, gradient_accumulation_step: 4, 'metric_logger.filenam': 'other.log' },
    shows: (steps, of) => losses(steps) === losses(of('sound')),
  },
  'a prompt that fills max_seq_len learns nothing': { edits: { 'tokenizer.max_seq_len': 5 }, shows: ([first]) => first?.loss === 'nan' },
  'device: cuda without a GPU trains on the CPU': {
    edits: { device: 'cuda' },
    shows: (steps, of) => losses(steps) === losses(of('sound')),
  },
  'other heads with the same shapes train another model': {
    edits: { 'model.num_heads': 4, 'model.num_kv_heads': 2 },
    shows: (steps, of) => steps.length === 2 && losses(steps) !== losses(of('sound')),
  },
};

/** Rules that nobody has seen broken here, and why. */
export const NOT_SEEN: Readonly<Record<string, string>> = {
  'offloading-needs-checkpointing': 'needs a GPU',
  'nodes-need-gpus': 'needs several machines; of one, distributed-on-the-cpu shows it',
  'too-large-for-a-cpu': 'needs a model of 70 billion parameters',
  'tensor-parallel-fused': 'needs several GPUs',
  'qat-without-dora-or-qlora': 'needs a GPU',
  'dora-of-pairs': 'what lies in memory is not the same twice',
  'teacher-of-the-same-family': 'needs two tokenizers of one size; of other sizes, teacher-with-the-same-words shows it',
  'distilled-on-the-cpu': 'merges at each save, so there is no sound run to compare with',
  'adapters-that-only-torchtune-reads': 'needs the weights of a Phi',
  'output-on-the-node': "is the cluster's doing, not torchtune's",
  'saved-by-epochs': "is launch_runs' limit, not torchtune's",
};
