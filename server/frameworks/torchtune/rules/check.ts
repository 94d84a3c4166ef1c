import { yamlValue } from '../config/yaml_value.ts';
import { CHECKPOINT_RULES } from './checkpoints.ts';
import { DATA_RULES } from './data.ts';
import { DATA_FILE_RULES } from './data_files.ts';
import { DEVICE_RULES } from './devices.ts';
import { DISTILLATION_RULES } from './distillation.ts';
import { LORA_RULES } from './lora.ts';
import { LOSS_RULES } from './losses.ts';
import { MODEL_SIZE_RULES } from './model_sizes.ts';
import { OPTIMIZER_RULES } from './optimizer.ts';
import { PACKING_RULES } from './packing.ts';
import { PREFERENCE_RULES } from './preferences.ts';
import { QUANTIZER_RULES } from './quantizer.ts';
import type { Judged, Rule, Words } from './rule.ts';
import { SHARDING_RULES } from './sharding.ts';

/** All that a config of every version can be checked for, as docs/torchtune-rules.md lists it. */
export const RULE_GROUPS: Readonly<Record<string, readonly Rule[]>> = {
  'Devices and precision': DEVICE_RULES,
  'Several GPUs, and what is kept in memory': SHARDING_RULES,
  'Optimizer, schedule, loss and profiler': [...OPTIMIZER_RULES, ...LOSS_RULES],
  'LoRA, QLoRA and DoRA': LORA_RULES,
  'Sizes of a llama3': MODEL_SIZE_RULES,
  'Data and tokenizer': [...DATA_RULES, ...DATA_FILE_RULES],
  Packing: PACKING_RULES,
  'Checkpoints and logs': CHECKPOINT_RULES,
  'Quantisation-aware training': QUANTIZER_RULES,
  'Preferences (DPO)': PREFERENCE_RULES,
  'Knowledge distillation': DISTILLATION_RULES,
};
export const RULES: readonly Rule[] = Object.values(RULE_GROUPS).flat();

export interface RuleFault {
  rule: Rule;
  what: string;
  fix: string;
}

/** The rules that a config breaks, of all versions and then of its own. `wordFor` says how its maker writes a key. */
export function brokenRules(config: Judged, own: readonly Rule[], wordFor: (key: string) => string): RuleFault[] {
  const faults: RuleFault[] = [];
  for (const rules of [RULES, own])
    for (const rule of rules) {
      const broken = rule.broken(config);
      if (broken === false || broken === undefined) continue;
      const words = broken === true ? {} : broken;
      faults.push({ rule, what: filled(rule.what, config, words, wordFor), fix: filled(rule.fix, config, words, wordFor) });
    }
  return faults;
}

const filled = (text: string, config: Judged, words: Words, wordFor: (key: string) => string): string =>
  text.replace(/\{(=?)([\w.]+)\}/g, (_, value: string, name: string) =>
    value === '' ? String(words[name] ?? wordFor(name)) : yamlValue(config.value(name) ?? null),
  );
