import { CHECKPOINTS_CASES } from './checkpoints.ts';
import { DATA_CASES } from './data.ts';
import { DEVICES_CASES } from './devices.ts';
import { LORA_CASES } from './lora.ts';
import { MODEL_SIZES_CASES } from './model_sizes.ts';
import { OBJECTIVE_CASES } from './objectives.ts';
import { OPTIMIZER_CASES } from './optimizer.ts';
import { PACKING_CASES } from './packing.ts';
import { QUANTIZER_CASES } from './quantizer.ts';
import type { RuleCase } from './rule_case.ts';
import { SHARDING_CASES } from './sharding.ts';

export const RULE_CASES: readonly RuleCase[] = [
  ...CHECKPOINTS_CASES,
  ...DATA_CASES,
  ...DEVICES_CASES,
  ...LORA_CASES,
  ...MODEL_SIZES_CASES,
  ...OBJECTIVE_CASES,
  ...OPTIMIZER_CASES,
  ...PACKING_CASES,
  ...QUANTIZER_CASES,
  ...SHARDING_CASES,
];
