import type { YamlValue } from '../config/yaml_value.ts';

/** A config that comes with torchtune: where our defaults are taken from. */
export interface ShippedConfig {
  /** `llama3_2/1B_lora_single_device`. */
  name: string;
  recipe: string;
  method: string;
  /** As in the registry: `llama3_2.llama3_2_1b`. */
  model: string;
  /** By dotted key; only those for which we have a default. */
  values: Readonly<Record<string, YamlValue>>;
}

/** What torchtune does where a config lacks the key, of its recipe or of AdamW. */
export const WITHOUT_KEY: Readonly<Record<string, YamlValue>> = {
  seed: null,
  shuffle: true,
  epochs: 1,
  max_steps_per_epoch: null,
  log_every_n_steps: 1,
  log_peak_memory_stats: false,
  clip_grad_norm: null,
  compile: false,
  optimizer_in_bwd: false,
  enable_activation_checkpointing: false,
  enable_activation_offloading: false,
  custom_sharded_layers: null,
  fsdp_cpu_offload: false,
  save_adapter_weights_only: false,
  dtype: 'bf16',
  'optimizer.weight_decay': 0.01,
  'optimizer.fused': false,
  'loss.beta': 0.1,
  'loss.label_smoothing': 0,
  kd_ratio: 0.5,
  'model.lora_dropout': 0,
  'model.apply_lora_to_output': false,
  'tokenizer.max_seq_len': null,
  'dataset.packed': false,
};

const familyOf = (method: string): string => (method === 'full' ? 'full' : 'lora');
/** Recipes whose configs are of no use to each other: `dpo`, `knowledge`, else `finetune`. */
const kindOf = (recipe: string): string => /dpo|knowledge/.exec(recipe)?.[0] ?? 'finetune';

/** The shipped config that is nearest to a run: of its model and kind (of any model for DPO and distillation), then its recipe, its method, its number of nodes. */
export type ShippedFor = (model: string, recipe: string, method: string, nodes: number) => ShippedConfig | undefined;

export function shippedFrom(configs: readonly ShippedConfig[]): ShippedFor {
  const byModel = new Map<string, ShippedConfig[]>();
  for (const config of configs) {
    const known = byModel.get(config.model) ?? [];
    known.push({ ...config, values: { ...WITHOUT_KEY, ...config.values } });
    byModel.set(config.model, known);
  }
  const all = [...byModel.values()].flat();
  const found = new Map<string, ShippedConfig | undefined>();
  return (model, recipe, method, nodes) => {
    const key = `${model} ${recipe} ${method} ${nodes > 1}`;
    if (found.has(key)) return found.get(key);
    const distance = (config: ShippedConfig): number =>
      (config.recipe === recipe ? 0 : 4) + (config.method === method ? 0 : 2) + (config.name.endsWith('_multinode') === nodes > 1 ? 0 : 1);
    const alike = (config: ShippedConfig): boolean =>
      familyOf(config.method) === familyOf(method) && kindOf(config.recipe) === kindOf(recipe);
    const own = (byModel.get(model) ?? []).filter(alike);
    // Few models have one of DPO or of distillation: then another model's tells more of such a training than nothing.
    const [nearest] = (own.length > 0 || kindOf(recipe) === 'finetune' ? own : all.filter(alike)).sort((a, b) => distance(a) - distance(b));
    found.set(key, nearest);
    return nearest;
  };
}
