import { digest } from '../../../model/digest.ts';
import type { TrainingFacts } from '../../../model/framework.ts';
import { at, numberAt, stringAt, type Tree } from '../reading/config_tree.ts';
import type { ModelFacts } from '../versions/registry.ts';
import { datasetNodes } from './dataset_needs.ts';
import { isLora, trainableParameters } from './memory_estimate.ts';
import { effectiveBatch } from './steps.ts';

/** Adapters are saved twice: as torchtune's own file and for PEFT. */
const ADAPTER_COPIES = 2;
/** Adam's two moments, kept in the state from which a run can be resumed. */
const MOMENTS = 2;

/** What a training costs beside the memory of its devices, as far as the config tells. */
export function trainingOf(tree: Tree, model: ModelFacts | undefined, devices: number): TrainingFacts {
  const epochs = numberAt(tree, 'epochs') ?? 1;
  const trainable = model === undefined ? undefined : trainableParameters(tree, model);
  return {
    effective_batch: effectiveBatch(tree, devices),
    epochs,
    ...(trainable !== undefined && { trainable_parameters: trainable }),
    ...(model !== undefined && trainable !== undefined && { checkpoint_bytes: checkpointBytes(tree, model, trainable, epochs) }),
    ...workOf(tree, devices),
  };
}

/** Every epoch leaves a checkpoint; all but the last also the optimizer's state, over the one before. */
function checkpointBytes(tree: Tree, model: ModelFacts, trainable: number, epochs: number): number {
  const bytes = stringAt(tree, 'dtype') === 'fp32' ? 4 : 2;
  const lora = isLora(tree);
  const merged = lora && at(tree, 'save_adapter_weights_only') === true ? 0 : model.parameters * bytes;
  const adapter = lora ? trainable * bytes * ADAPTER_COPIES : 0;
  return epochs * (merged + adapter) + (epochs > 1 ? trainable * bytes * MOMENTS : 0);
}

const SPEED = ['dtype', 'compile', 'enable_activation_checkpointing', 'enable_activation_offloading', 'optimizer._component_'];
/** What else is computed at each step: the teacher's answers, the reference's, pairs instead of rows. */
const BESIDE = ['teacher_model._component_', 'loss._component_'];
const LENGTH = ['tokenizer.max_seq_len', 'batch_size', 'gradient_accumulation_steps', 'max_steps_per_epoch'];

/** Two words: trainings with the same first one take the same time for an epoch; with the same second one, for a row. */
function workOf(tree: Tree, devices: number): { same_work: string; similar_work: string } {
  const model = { ...(at(tree, 'model') as Tree | undefined) };
  // The rank of LoRA's small matrices hardly changes the pace.
  for (const key of ['lora_rank', 'lora_alpha', 'lora_dropout', 'lora_attn_modules']) delete model[key];
  const similar = JSON.stringify([model, [...SPEED, ...BESIDE].map((key) => at(tree, key)), devices]);
  const same = JSON.stringify([similar, LENGTH.map((key) => at(tree, key)), datasetNodes(tree)]);
  return { similar_work: digest(similar).slice(0, 16), same_work: digest(same).slice(0, 16) };
}
