import type { YamlValue } from '../../../../server/frameworks/torchtune/config/yaml_value.ts';
import { type Cells, type requestFor, TINY_LLAMA3 } from '../../example_plan.ts';

type Example = Parameters<typeof requestFor>[1];
export type Edits = Readonly<Record<string, YamlValue | undefined>>;

/** A config that breaks a rule: from a plan, or made by hand (a plan's file with some keys set otherwise). */
export interface RuleCase {
  rule: string;
  cells?: Cells;
  example?: Example;
  edits?: Edits;
  tells: string;
}

export const TINY: Example = { model: 'tiny', planned: TINY_LLAMA3 };
export const model = (name: string): Example => ({ model: name });
