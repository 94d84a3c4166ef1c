import type { Position, Setting } from '../../../model/plan.ts';
import { misspeltElsewhere } from '../versions/other_packages.ts';
import { type Choices, cellOf } from './choices.ts';
import type { Draft } from './draft.ts';

const OPTIMIZERS: Readonly<Record<string, string>> = {
  adamw: 'torch.optim.AdamW',
  adam: 'torch.optim.Adam',
  sgd: 'torch.optim.SGD',
  paged_adamw: 'bitsandbytes.optim.PagedAdamW',
  adamw8bit: 'bitsandbytes.optim.AdamW8bit',
  paged_adamw8bit: 'bitsandbytes.optim.PagedAdamW8bit',
};
/** No rise and fall: half a cosine of no length stays at 1. torchtune 0.6.1 has no other schedule. */
const FLAT_COSINE = 0;

/** Keys of the plan that exclude the fused kernel, which then is no default. */
const EXCLUDE_FUSED = ['tensor_parallel_dim', 'optimizer.foreach', 'optimizer.differentiable'];

export function optimizerSection(draft: Draft, choices: Choices, own: ReadonlyMap<string, Setting>, row: Position): void {
  const { optimizer, scheduler, warmup } = choices;
  const component = OPTIMIZERS[optimizer.value.toLowerCase()] ?? optimizer.value;
  if (!component.includes('.'))
    draft.error(
      cellOf(optimizer, row),
      `"${component}" is no optimizer`,
      `use one of ${Object.keys(OPTIMIZERS).join(', ')}, or a dotted name`,
    );
  else if (/^torch\.optim\./.test(component) && draft.dialect.argumentsOf(component) === undefined)
    draft.error(cellOf(optimizer, row), `torch has no optimizer "${component}" that torchtune can use`, 'use torch.optim.AdamW');
  const meant = misspeltElsewhere(component);
  if (meant !== undefined)
    draft.error(cellOf(optimizer, row), `there is no optimizer component "${component}"`, `did you mean "${meant}"?`);
  draft.chosen('optimizer._component_', { value: component, at: optimizer.at });
  const fused = choices.fused && !EXCLUDE_FUSED.some((key) => own.has(key));
  if (fused && draft.dialect.argumentsOf(component)?.includes('fused') && component.startsWith('torch.'))
    draft.fixed('optimizer.fused', true);
  draft.chosen('optimizer.weight_decay', choices.weightDecay);
  draft.chosen('optimizer.lr', choices.lr);
  if (choices.family === 'full') draft.chosen('optimizer_in_bwd', { value: false });
  if (scheduler.value !== null && draft.dialect.keysOfRecipe(choices.recipe).includes('lr_scheduler')) {
    draft.fixed('lr_scheduler._component_', 'torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup');
    draft.chosen('lr_scheduler.num_warmup_steps', warmup);
    if (scheduler.value === 'constant') draft.chosen('lr_scheduler.num_cycles', { value: FLAT_COSINE, at: scheduler.at });
  }
  draft.fixed('loss._component_', choices.loss);
  if (choices.loss === 'torchtune.rlhf.loss.DPOLoss') draft.chosen('loss.beta', { value: choices.beta });
}

export function trainingSection(draft: Draft, choices: Choices, logDir: string): void {
  draft.chosen('seed', choices.seed);
  draft.chosen('shuffle', { value: true });
  draft.chosen('batch_size', choices.batchSize);
  draft.chosen('epochs', choices.epochs);
  draft.chosen('max_steps_per_epoch', choices.maxSteps);
  draft.chosen('gradient_accumulation_steps', choices.accumulation);
  draft.chosen('clip_grad_norm', choices.clipGradNorm);
  draft.chosen('compile', choices.compile);
  draft.fixed('metric_logger._component_', 'torchtune.training.metric_logging.DiskLogger');
  draft.fixed('metric_logger.log_dir', logDir);
  draft.fixed('metric_logger.filename', 'metrics.log');
  draft.chosen('log_every_n_steps', { value: 1 });
  draft.chosen('log_peak_memory_stats', { value: !choices.cpu });
  if (draft.dialect.requiredBy(choices.recipe).includes('log_level')) draft.chosen('log_level', { value: 'INFO' });
  draft.fixed('device', choices.cpu ? 'cpu' : 'cuda');
  draft.chosen('dtype', choices.dtype);
  draft.chosen('enable_activation_checkpointing', choices.checkpointing);
  draft.chosen('enable_activation_offloading', choices.offloading);
  if (choices.family !== 'full' || !choices.distributed) return;
  const sharded = choices.shipped?.values.custom_sharded_layers ?? null;
  if (sharded !== null) draft.chosen('custom_sharded_layers', { value: sharded });
  if (choices.shipped?.values.fsdp_cpu_offload === true) draft.chosen('fsdp_cpu_offload', { value: true });
}
