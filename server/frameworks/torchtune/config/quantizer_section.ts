import type { Setting } from '../../../model/plan.ts';
import { largestGroup, type ModelFacts } from '../versions/registry.ts';
import type { Choices } from './choices.ts';
import type { Draft } from './draft.ts';

const QUANTIZER = 'torchtune.training.quantization.Int8DynActInt4WeightQATQuantizer';

/** Quantisation-aware training: asked for by any key of `quantizer`; its recipes are the distributed ones alone. */
export function quantizerSection(draft: Draft, choices: Choices, model: ModelFacts, own: ReadonlyMap<string, Setting>): void {
  const { quantizer: at } = choices;
  // Pairs and teachers have recipes of their own, which read no quantizer.
  if (at === undefined || choices.asked.objective !== 'answers') return;
  if (!own.has('quantizer._component_')) draft.chosen('quantizer._component_', { value: QUANTIZER });
  if (!own.has('quantizer.groupsize')) draft.chosen('quantizer.groupsize', { value: largestGroup(model) });
  const schedule = choices.scheduler.at ?? choices.warmup.at;
  if (!draft.dialect.keysOfRecipe(choices.recipe).includes('lr_scheduler') && schedule !== undefined)
    draft.error(schedule, `${choices.recipe} reads no learning rate schedule and would ignore it`, 'remove lr_scheduler and warmup_steps');
}
