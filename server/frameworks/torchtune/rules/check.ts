import { yamlValue } from '../yaml_value.ts';
import { CHECKPOINT_RULES } from './checkpoints.ts';
import { DATA_RULES } from './data.ts';
import { DEVICE_RULES } from './devices.ts';
import { DISTILLATION_RULES } from './distillation.ts';
import { LORA_RULES } from './lora.ts';
import { OPTIMIZER_RULES } from './optimizer.ts';
import { PACKING_RULES } from './packing.ts';
import { PREFERENCE_RULES } from './preferences.ts';
import { QUANTIZER_RULES } from './quantizer.ts';
import type { Judged, Rule, Words } from './rule.ts';
import { SHARDING_RULES } from './sharding.ts';

/** All that a config of every version can be checked for; docs/torchtune-rules.md lists them. */
export const RULES: readonly Rule[] = [
  ...DEVICE_RULES,
  ...SHARDING_RULES,
  ...OPTIMIZER_RULES,
  ...LORA_RULES,
  ...DATA_RULES,
  ...PACKING_RULES,
  ...CHECKPOINT_RULES,
  ...QUANTIZER_RULES,
  ...PREFERENCE_RULES,
  ...DISTILLATION_RULES,
];

export interface RuleFault {
  rule: Rule;
  what: string;
  fix: string;
}

/** The rules that a config breaks, of all versions and then of its own. `wordFor` says how its maker writes a key. */
export function brokenRules(config: Judged, own: readonly Rule[], wordFor: (key: string) => string): RuleFault[] {
  const faults: RuleFault[] = [];
  for (const rule of [...RULES, ...own]) {
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
