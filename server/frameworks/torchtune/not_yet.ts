import type { YamlValue } from './yaml_value.ts';

interface Kind {
  what: string;
  /** A recipe of that kind, and a shipped config to start from. */
  recipe: string;
  config: string;
}

const DISTILLATION: Kind = {
  what: 'knowledge distillation',
  recipe: 'knowledge_distillation_single_device',
  config: 'llama3_2/8B_to_1B_KD_lora_single_device',
};
const PREFERENCES: Kind = {
  what: 'training on preferences (DPO)',
  recipe: 'lora_dpo_single_device',
  config: 'llama3_1/8B_lora_dpo_single_device',
};
const PPO: Kind = {
  what: 'reinforcement learning (PPO)',
  recipe: 'ppo_full_finetune_single_device',
  config: 'mistral/7B_full_ppo_low_memory',
};

const KINDS: readonly [RegExp, Kind][] = [
  [/^(?:teacher_model|teacher_checkpointer|kd_loss|kd_ratio)(?:\.|$)/, DISTILLATION],
  [/^(?:ref_checkpointer|reference_model)(?:\.|$)/, PREFERENCES],
  [/^(?:policy_model|reward_and_value_model|value_checkpointer|reward_checkpointer|kl_coeff)(?:\.|$)/, PPO],
];

/** Is `key` one of a recipe for which no config is written yet? */
export const isOfOtherRecipe = (key: string): boolean => KINDS.some(([shape]) => shape.test(key));

/** Why a key of the plan asks for a recipe for which no config is written yet, and what to do instead. */
export function notYet(key: string, value: YamlValue): { what: string; fix: string } | undefined {
  const loss = key === 'loss._component_' ? String(value) : '';
  const kind = /KL/.test(loss)
    ? DISTILLATION
    : /rlhf|DPO|RSO|SimPO/.test(loss)
      ? PREFERENCES
      : KINDS.find(([shape]) => shape.test(key))?.[1];
  if (kind === undefined) return undefined;
  return {
    what: `${key} asks for ${kind.what}, for which no config is written yet`,
    fix: `remove it, or make this run's finetune.yaml by hand from \`tune cp ${kind.config} finetune.yaml\` with the line "# recipe: ${kind.recipe}" at its top: the later stages take it as it is`,
  };
}
