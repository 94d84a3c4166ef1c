import type { Position } from '../../model/plan.ts';
import { type Choices, cellOf } from './choices.ts';
import type { Draft } from './draft.ts';
import { writeCheckpointer } from './model_section.ts';
import type { ModelFacts } from './registry.ts';

/** Training on preferences (DPO). With LoRA the reference is the model without its adapter; a full training loads it once more. */
export function preferenceSection(draft: Draft, model: ModelFacts, choices: Choices, modelDir: string, outputDir: string): void {
  if (choices.recipe === 'full_dpo_distributed') writeCheckpointer(draft, 'ref_checkpointer', model, modelDir, outputDir);
}

/** What the DPO recipes of torchtune 0.6.1 refuse after the job has started, or do wrong without a word. */
export function preferenceRules(draft: Draft, choices: Choices, row: Position): void {
  const { asked, method, packed, distributed, gpus } = choices;
  if (asked.objective !== 'preferences') return;
  if (method.value === 'full' && !distributed)
    draft.error(
      gpus.at ?? cellOf(method, row),
      'training all weights on preferences needs several GPUs: torchtune has only a distributed recipe for it, which holds the model twice',
      'set gpus to at least 2, or use method lora',
    );
  if (method.value === 'dora' && !distributed)
    draft.error(
      cellOf(method, row),
      'lora_dpo_single_device never sets the magnitudes of DoRA, so it would train on whatever lies in memory',
      'use method lora or qlora, or at least 2 GPUs',
    );
  if (packed.value) draft.error(cellOf(packed, row), 'preference pairs cannot be packed', 'set packed to false');
  const component = draft.string('loss._component_') ?? '';
  if (/^torchtune\./.test(component) && !/^torchtune\.rlhf\.loss\.(?:DPO|RSO)Loss$/.test(component))
    draft.error(
      draft.plannedAt('loss._component_') ?? row,
      `${component} does not compare pairs`,
      'use torchtune.rlhf.loss.DPOLoss or RSOLoss',
    );
  const folder = draft.plannedAt('dataset.data_dir');
  if (folder !== undefined && draft.string('dataset._component_')?.endsWith('.stack_exchange_paired_dataset'))
    draft.error(folder, 'stack_exchange_paired_dataset sets data_dir itself, and would end with an error at a second one', 'remove it');
  for (const key of ['loss.beta', 'loss.gamma']) positive(draft, key);
  const smoothing = draft.plannedAt('loss.label_smoothing');
  const value = draft.value('loss.label_smoothing');
  if (smoothing !== undefined && !(typeof value === 'number' && value >= 0 && value < 0.5))
    draft.error(smoothing, `loss.label_smoothing cannot be ${JSON.stringify(value)}`, 'it must be a number from 0 to below 0.5');
}

function positive(draft: Draft, key: string): void {
  const at = draft.plannedAt(key);
  const value = draft.value(key);
  if (at !== undefined && !(typeof value === 'number' && value > 0))
    draft.error(at, `${key} cannot be ${JSON.stringify(value)}`, 'it must be a number above 0');
}
