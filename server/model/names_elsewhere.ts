import { nearest } from './nearest.ts';

/** What TRL, PEFT, Axolotl, LLaMA-Factory and Slurm users call our settings. They are told the name here, never guessed at. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  lora_rank: ['rank', 'r', 'lora_r'],
  lora_alpha: ['alpha'],
  lora_dropout: ['dropout'],
  lora_modules: ['target_modules', 'lora_target_modules', 'lora_target'],
  batch_size: ['per_device_train_batch_size', 'micro_batch_size', 'train_batch_size', 'bs'],
  gradient_accumulation_steps: ['grad_accum', 'accumulation_steps', 'gradient_accumulation'],
  epochs: ['num_epochs', 'num_train_epochs', 'n_epochs'],
  lr: ['learning_rate'],
  lr_scheduler: ['lr_scheduler_type', 'scheduler'],
  warmup_steps: ['num_warmup_steps', 'warmup'],
  max_seq_len: ['max_length', 'max_seq_length', 'sequence_len', 'seq_len', 'seq_length', 'cutoff_len', 'context_length'],
  packed: ['packing', 'sample_packing'],
  dtype: ['torch_dtype', 'precision'],
  activation_checkpointing: ['gradient_checkpointing'],
  clip_grad_norm: ['max_grad_norm', 'gradient_clipping'],
  gpus: ['num_gpus', 'n_gpus', 'gpus_per_node', 'gres'],
  cpus: ['cpus_per_task', 'num_cpus'],
  mem: ['memory', 'ram'],
  time: ['time_limit', 'walltime'],
  partition: ['queue'],
  optimizer: ['optim'],
};

/** What is said otherwise here than by a setting of another name. */
const INSTEAD: Readonly<Record<string, string>> = {
  warmup_ratio: 'the warm-up is counted in optimizer steps: write warmup_steps',
  max_steps: 'steps are limited within an epoch: write max_steps_per_epoch, and epochs 1',
  bf16: 'write dtype with the value bf16',
  fp32: 'write dtype with the value fp32',
  fp16: 'write dtype, which takes bf16 or fp32',
  ...Object.fromEntries(['lora', 'use_lora', 'use_peft'].map((name) => [name, 'write method with the value lora'])),
  ...Object.fromEntries(['qlora', 'use_qlora', 'load_in_4bit'].map((name) => [name, 'write method with the value qlora'])),
  ...Object.fromEntries(['dora', 'use_dora'].map((name) => [name, 'write method with the value dora'])),
};

const HERE: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([here, elsewhere]) => elsewhere.map((name) => [name, here] as const)),
);
/** Those that are long enough to be known when misspelt. */
const LONG_NAMES = [...HERE.keys()].filter((name) => name.length >= 6);

/** What to write instead of `name`, which no one setting of ours means. */
export const insteadOf = (name: string): string | undefined => (Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined);

/** Our name of what is called `name` elsewhere. */
export const nameHere = (name: string): string | undefined => HERE.get(name);

/** Our name of what `name` is a misspelling of elsewhere. */
export const nearHere = (name: string): string | undefined => HERE.get(nearest(name, LONG_NAMES) ?? '');
