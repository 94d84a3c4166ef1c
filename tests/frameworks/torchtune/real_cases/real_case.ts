import type { Cells } from '../../example_plan.ts';
import type { Edits } from '../rule_cases/rule_case.ts';

/** A config with which the real torchtune is asked: a sound one of a tiny model on the CPU, of two steps, with some keys set otherwise. */
interface Trained {
  cells?: Cells;
  edits: Edits;
  recipe?: string;
  /** Without looking at the memory of the device, which a distributed recipe cannot do on the CPU. */
  unmetered?: true;
}
/** What no CPU can train, asked of the function that refuses it. */
export interface Asked {
  python: string;
}
export type RealCase = Trained | Asked;

export const FULL = { method: 'full' };
export const DISTRIBUTED = { cells: FULL, recipe: 'full_finetune_distributed' };
