import type { Position } from '../../model/plan.ts';
import { type Choices, cellOf } from './choices.ts';
import type { Draft } from './draft.ts';
import type { ModelFacts } from './registry.ts';

/** What torchtune 0.6.1 refuses after the job has started, or does wrong without a word. */
export function checkRules(draft: Draft, choices: Choices, model: ModelFacts, row: Position): void {
  deviceRules(draft, choices, model, row);
  optimizerRules(draft, choices, row);
  const mode = draft.plannedAt('ac_mode');
  if (mode !== undefined && draft.value('ac_mode') !== null && choices.checkpointing.value)
    draft.error(
      mode,
      'ac_mode together with activation_checkpointing switches both off in torchtune 0.6.1',
      'set activation_checkpointing to false',
    );
  const parallel = draft.plannedAt('tensor_parallel_dim');
  if (parallel !== undefined && draft.value('tensor_parallel_dim') !== 1 && draft.value('tensor_parallel_plan._component_') === undefined)
    draft.error(parallel, 'tensor_parallel_dim needs a tensor parallel plan', 'set tensor_parallel_plan._component_, or remove it');
  const ignore = draft.plannedAt('loss.ignore_index');
  if (ignore !== undefined && draft.value('loss.ignore_index') !== -100)
    draft.error(ignore, "loss.ignore_index must be -100, the label of torchtune's masked tokens", 'remove it');
  if (choices.packed.value && model.model_type === 'GEMMA2' && !choices.cpu)
    draft.error(cellOf(choices.packed, row), 'Gemma 2 cannot train on packed samples on a GPU', 'set packed to false');
}

function deviceRules(draft: Draft, choices: Choices, model: ModelFacts, row: Position): void {
  const { offloading, checkpointing, cpu, epochs, method } = choices;
  if (offloading.value && cpu) draft.error(cellOf(offloading, row), 'activation_offloading needs a GPU, and gpus is 0', 'set it to false');
  else if (offloading.value && !checkpointing.value)
    draft.error(cellOf(offloading, row), 'activation_offloading needs activation_checkpointing', 'set activation_checkpointing to true');
  if (choices.dtype.value !== 'bf16' && choices.dtype.value !== 'fp32')
    draft.error(cellOf(choices.dtype, row), `dtype ${choices.dtype.value} cannot be trained with`, 'use bf16 or fp32');
  if (cpu && choices.nodes.value > 1)
    draft.error(cellOf(choices.nodes, row), 'several nodes need GPUs, and gpus is 0', 'set nodes to 1, or gpus to at least 1');
  if (cpu && epochs.value > 1 && (method.value === 'lora' || method.value === 'dora') && !choices.adapterOnly.value)
    draft.error(
      cellOf(epochs, row),
      'on the CPU torchtune writes wrong merged checkpoints from the second epoch on',
      'set save_adapter_weights_only to true, or epochs to 1',
    );
  const names = model.names.join(' ');
  if (cpu && /70B|405B|72B/.test(names)) draft.warning(row, `${model.names[0]} on a CPU will hardly end`, 'set gpus');
}

function optimizerRules(draft: Draft, choices: Choices, row: Position): void {
  const inBackward = draft.plannedAt('optimizer_in_bwd');
  if (inBackward === undefined || draft.value('optimizer_in_bwd') !== true) return;
  const { accumulation, clipGradNorm } = choices;
  if (accumulation.value > 1)
    draft.error(
      accumulation.at ?? inBackward,
      `optimizer_in_bwd excludes gradient accumulation, and gradient_accumulation_steps is ${accumulation.value}`,
      'set gradient_accumulation_steps to 1, or remove optimizer_in_bwd',
    );
  if (clipGradNorm.value !== null) draft.error(cellOf(clipGradNorm, row), 'optimizer_in_bwd excludes clip_grad_norm', 'remove one of them');
}
