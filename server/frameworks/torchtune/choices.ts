import type { Position, Settings } from '../../model/plan.ts';
import type { SettingValue } from '../../model/settings.ts';
import type { Chosen } from './draft.ts';
import type { ModelFacts, ShippedDefaults } from './registry.ts';

/** Where torchtune ships no config for a model, these. */
const UNSHIPPED: Record<'lora' | 'full', ShippedDefaults> = {
  lora: { batch_size: 2, gradient_accumulation_steps: 1, lr: 3e-4, activation_checkpointing: false },
  full: { batch_size: 2, gradient_accumulation_steps: 1, lr: 2e-5, activation_checkpointing: false },
};
const LORA_RANK = 8;
/** lora_alpha is twice the rank: the scale of the update then does not depend on the rank. */
const ALPHA_OF_RANK = 2;
const LORA_MODULES = ['q_proj', 'v_proj', 'output_proj', 'mlp'];
const SEED = 42;
/** The shipped 100 is longer than many short runs, whose learning rate would never reach its peak. */
const WARMUP_STEPS = 10;
const LONGEST_WARMUP_STEPS = 100;
const WARMUP_SHARE = 0.1;
/** Below this, a model's own limit is written out, since a longer sample would end the run. */
const SHORT_MODEL = 8192;

export type Method = 'lora' | 'qlora' | 'dora' | 'full';

/** Every setting of one run with its value, from the plan or by default. */
export function chooseFor(settings: Settings, model: ModelFacts) {
  const read = <T extends SettingValue>(name: string, fallback: T): Chosen<T> => {
    const setting = settings.get(name);
    return setting === undefined ? { value: fallback } : { value: setting.value as T, at: setting.at };
  };
  const optional = <T extends SettingValue>(name: string, fallback: T | null = null): Chosen<T | null> => {
    const setting = settings.get(name);
    return setting === undefined ? { value: fallback } : { value: setting.value as T, at: setting.at };
  };
  const method = read<Method>('method', 'lora');
  const family = method.value === 'full' ? 'full' : 'lora';
  const shipped = model.shipped[family] ?? UNSHIPPED[family];
  const gpus = read<number>('gpus', 1);
  const nodes = read<number>('nodes', 1);
  const cpu = gpus.value === 0;
  const distributed = !cpu && gpus.value * nodes.value > 1;
  const epochs = read<number>('epochs', 1);
  const maxSteps = optional<number>('max_steps_per_epoch');
  const steps = maxSteps.value === null ? undefined : maxSteps.value * epochs.value;
  const warmup = steps === undefined ? WARMUP_STEPS : Math.min(LONGEST_WARMUP_STEPS, Math.floor(steps * WARMUP_SHARE));
  const rank = read<number>('lora_rank', LORA_RANK);
  return {
    method,
    family,
    recipe: `${family}_finetune_${distributed ? 'distributed' : 'single_device'}`,
    gpus,
    nodes,
    cpu,
    distributed,
    /** Optimizer steps of the whole run, where the plan limits them. */
    steps,
    rank,
    alpha: read<number>('lora_alpha', rank.value * ALPHA_OF_RANK),
    dropout: read<number>('lora_dropout', 0),
    modules: read<readonly string[]>('lora_modules', LORA_MODULES),
    batchSize: read<number>('batch_size', shipped.batch_size),
    accumulation: read<number>('gradient_accumulation_steps', shipped.gradient_accumulation_steps),
    epochs,
    maxSteps,
    lr: read<number>('lr', shipped.lr),
    scheduler: optional<string>('lr_scheduler', family === 'lora' || settings.has('warmup_steps') ? 'cosine' : null),
    warmup: read<number>('warmup_steps', warmup),
    weightDecay: read<number>('weight_decay', 0.01),
    optimizer: read<string>('optimizer', 'adamw'),
    maxSeqLen: optional<number>('max_seq_len', model.max_seq_len <= SHORT_MODEL ? model.max_seq_len : null),
    packed: read<boolean>('packed', false),
    trainOnInput: read<boolean>('train_on_input', false),
    prompt: optional<string>('prompt'),
    seed: read<number>('seed', SEED),
    dtype: read<string>('dtype', cpu ? 'fp32' : 'bf16'),
    checkpointing: read<boolean>('activation_checkpointing', cpu ? false : shipped.activation_checkpointing),
    offloading: read<boolean>('activation_offloading', false),
    compile: read<boolean>('compile', false),
    clipGradNorm: optional<number>('clip_grad_norm'),
    adapterOnly: read<boolean>('save_adapter_weights_only', false),
  };
}

export type Choices = ReturnType<typeof chooseFor>;

/** The cell to point at: the value's own, else the run's row. */
export const cellOf = (chosen: Chosen, row: Position): Position => chosen.at ?? row;
