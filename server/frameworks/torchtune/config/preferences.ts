import type { ModelFacts } from '../versions/registry.ts';
import type { Choices } from './choices.ts';
import type { Draft } from './draft.ts';
import { writeCheckpointer } from './model_section.ts';

/** Training on preferences (DPO). With LoRA the reference is the model without its adapter; a full training loads it once more. */
export function preferenceSection(draft: Draft, model: ModelFacts, choices: Choices, modelDir: string, outputDir: string): void {
  if (choices.recipe === 'full_dpo_distributed') writeCheckpointer(draft, 'ref_checkpointer', model, modelDir, outputDir);
}
