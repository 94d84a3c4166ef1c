import type { YamlValue } from './yaml_value.ts';

const RECIPE = 'ppo_full_finetune_single_device';
/** A shipped config to start from. */
const CONFIG = 'mistral/7B_full_ppo_low_memory';
const KEYS = /^(?:policy_model|reward_and_value_model|value_checkpointer|reward_checkpointer|kl_coeff)(?:\.|$)/;

/** Is `key` one of a recipe for which no config is written yet? */
export const isOfOtherRecipe = (key: string): boolean => KEYS.test(key);

/** Why a key of the plan asks for a recipe for which no config is written yet, and what to do instead. */
export function notYet(key: string, value: YamlValue): { what: string; fix: string } | undefined {
  if (!KEYS.test(key) && !(key === 'loss._component_' && /PPO/.test(String(value)))) return undefined;
  return {
    what: `${key} asks for reinforcement learning (PPO), for which no config is written yet`,
    fix: `remove it, or make this run's finetune.yaml by hand from \`tune cp ${CONFIG} finetune.yaml\` with the line "# recipe: ${RECIPE}" at its top: the later stages take it as it is`,
  };
}
