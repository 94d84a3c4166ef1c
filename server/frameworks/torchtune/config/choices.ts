import type { Position, Setting, Settings } from '../../../model/plan.ts';
import type { SettingValue } from '../../../model/settings.ts';
import type { Dialect } from '../versions/dialect.ts';
import type { ModelFacts } from '../versions/registry.ts';
import type { Chosen } from './draft.ts';
import type { Asked, Objective } from './objective.ts';
import type { YamlValue } from './yaml_value.ts';

/** Where torchtune ships no config for a model, these. */
const UNSHIPPED = { batch_size: 2, gradient_accumulation_steps: 1, lr: { lora: 3e-4, full: 2e-5 }, lora_rank: 8 };
/** Above this, the activations of all layers hardly fit beside the weights. */
const CHECKPOINTED_PARAMETERS = 3e9;
/** lora_alpha is twice the rank: the scale of the update then does not depend on the rank. */
const ALPHA_OF_RANK = 2;
const LORA_MODULES = ['q_proj', 'v_proj', 'output_proj', 'mlp'];
/** Of the objectives whose loss is the same in every version. */
const LOSS: Readonly<Partial<Record<Objective, string>>> = {
  preferences: 'torchtune.rlhf.loss.DPOLoss',
  distillation: 'torchtune.modules.loss.CEWithChunkedOutputLoss',
};
const SEED = 42;
/** The shipped 100 is longer than many short runs, whose learning rate would never reach its peak. */
const WARMUP_STEPS = 10;
const LONGEST_WARMUP_STEPS = 100;
const WARMUP_SHARE = 0.1;
/** Below this, a model's own limit is written out, since a longer sample would end the run. */
const SHORT_MODEL = 8192;

export type Method = 'lora' | 'qlora' | 'dora' | 'full';

/** The recipe: it follows from what is learnt from, the method, the number of devices, and whether the plan has a quantizer. */
function recipeFor(dialect: Dialect, objective: Objective, family: 'lora' | 'full', distributed: boolean, quantizer: boolean): string {
  const devices = distributed ? 'distributed' : 'single_device';
  if (objective === 'distillation') return `knowledge_distillation_${devices}`;
  if (objective === 'preferences') return family === 'full' ? 'full_dpo_distributed' : `lora_dpo_${devices}`;
  if (quantizer && family === 'lora') return 'qat_lora_finetune_distributed';
  if (quantizer) return !distributed && dialect.recipes.includes('qat_single_device') ? 'qat_single_device' : 'qat_distributed';
  return `${family}_finetune_${devices}`;
}

/** Every setting of one run with its value: from the plan, else from the shipped config that is nearest, else ours. */
export function chooseFor(dialect: Dialect, settings: Settings, model: ModelFacts, own: ReadonlyMap<string, Setting>, asked: Asked) {
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
  const gpus = read<number>('gpus', 1);
  const nodes = read<number>('nodes', 1);
  const cpu = gpus.value === 0;
  const distributed = !cpu && gpus.value * nodes.value > 1;
  const [quantizer] = [...own].filter(([key]) => key.startsWith('quantizer.')).map(([, setting]) => setting.at);
  const recipe = recipeFor(dialect, asked.objective, family, distributed, quantizer !== undefined);
  const shipped = dialect.shippedFor(model.short, recipe, method.value, nodes.value);
  const ship = <T extends YamlValue>(key: string, fallback: T): T => (shipped?.values[key] as T | undefined) ?? fallback;
  const onGpu = (key: string, fallback: boolean): boolean => !cpu && ship(key, fallback);

  const epochs = read<number>('epochs', 1);
  const maxSteps = optional<number>('max_steps_per_epoch');
  const steps = maxSteps.value === null ? undefined : maxSteps.value * epochs.value;
  const warmup = steps === undefined ? WARMUP_STEPS : Math.min(LONGEST_WARMUP_STEPS, Math.floor(steps * WARMUP_SHARE));
  const rank = read<number>('lora_rank', ship('model.lora_rank', UNSHIPPED.lora_rank));
  const twice = rank.value * ALPHA_OF_RANK;
  const reads = dialect.keysOfRecipe(recipe);
  const scheduled =
    reads.includes('lr_scheduler') &&
    (dialect.requiredBy(recipe).includes('lr_scheduler') ||
      family === 'lora' ||
      settings.has('warmup_steps') ||
      shipped?.values['lr_scheduler.num_warmup_steps'] !== undefined);
  const outputToo = ship('model.apply_lora_to_output', false) ? ['output'] : [];
  const large = model.parameters > CHECKPOINTED_PARAMETERS;
  const planned = (key: string, fallback: string): string => String(own.get(key)?.value ?? fallback);
  return {
    asked,
    method,
    family,
    recipe,
    /** The cell that asks for quantisation-aware training. */
    quantizer,
    shipped,
    gpus,
    nodes,
    cpu,
    distributed,
    /** Optimizer steps of the whole run, where the plan limits them. */
    steps,
    rank,
    alpha: read<number>('lora_alpha', rank.at === undefined ? ship('model.lora_alpha', twice) : twice),
    dropout: read<number>('lora_dropout', 0),
    modules: read<readonly string[]>('lora_modules', [...LORA_MODULES, ...outputToo]),
    batchSize: read<number>('batch_size', ship('batch_size', UNSHIPPED.batch_size)),
    accumulation: read<number>('gradient_accumulation_steps', ship('gradient_accumulation_steps', UNSHIPPED.gradient_accumulation_steps)),
    epochs,
    maxSteps,
    lr: read<number>('lr', ship('optimizer.lr', UNSHIPPED.lr[family])),
    scheduler: optional<string>('lr_scheduler', scheduled ? 'cosine' : null),
    warmup: read<number>('warmup_steps', warmup),
    weightDecay: read<number>('weight_decay', ship('optimizer.weight_decay', 0.01)),
    loss: planned('loss._component_', LOSS[asked.objective] ?? dialect.loss),
    /** Of DPO: how hard the model is held to its reference. */
    beta: ship('loss.beta', 0.1),
    kdLoss: planned('kd_loss._component_', 'torchtune.modules.loss.ForwardKLWithChunkedOutputLoss'),
    /** The teacher's share of the loss. */
    kdRatio: ship('kd_ratio', 0.5),
    optimizer: read<string>('optimizer', 'adamw'),
    /** One kernel for all weights, where they lie on the GPU. */
    fused: !cpu && !ship('fsdp_cpu_offload', false),
    maxSeqLen: optional<number>('max_seq_len', model.max_seq_len <= SHORT_MODEL ? model.max_seq_len : null),
    packed: read<boolean>('packed', false),
    trainOnInput: read<boolean>('train_on_input', false),
    prompt: optional<string>('prompt'),
    seed: read<number>('seed', SEED),
    dtype: read<string>('dtype', cpu ? 'fp32' : 'bf16'),
    checkpointing: read<boolean>('activation_checkpointing', onGpu('enable_activation_checkpointing', large)),
    offloading: read<boolean>('activation_offloading', onGpu('enable_activation_offloading', false)),
    compile: read<boolean>('compile', false),
    clipGradNorm: optional<number>('clip_grad_norm'),
    adapterOnly: read<boolean>('save_adapter_weights_only', ship('save_adapter_weights_only', false)),
  };
}

export type Choices = ReturnType<typeof chooseFor>;

/** The cell to point at: the value's own, else the run's row. */
export const cellOf = (chosen: Chosen, row: Position): Position => chosen.at ?? row;
