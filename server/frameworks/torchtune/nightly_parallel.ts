import type { Choices } from './choices.ts';
import type { Draft } from './draft.ts';

/** Ways to split a training over its GPUs: the product is their number, where `data_parallel_shard_dim` -1 takes what the others leave. */
const DIMENSIONS = ['tensor_parallel_dim', 'context_parallel_dim', 'data_parallel_replicate_dim', 'data_parallel_shard_dim'] as const;
const THE_REST = -1;

/** Combinations that nightly refuses when the job has started on its GPUs. */
export function parallelRules(draft: Draft, choices: Choices): void {
  const { gpus, nodes, method } = choices;
  const devices = gpus.value * nodes.value;
  const planned = DIMENSIONS.flatMap((key) => {
    const [at, size] = [draft.plannedAt(key), draft.value(key)];
    return at === undefined || typeof size !== 'number' ? [] : [{ key, at, size }];
  });
  const [first] = planned;
  const split = planned.filter(({ size }) => size !== THE_REST);
  const product = split.reduce((all, { size }) => all * size, 1);
  const whole = split.some(({ key }) => key === 'data_parallel_shard_dim');
  if (first !== undefined && (whole ? product !== devices : devices % product !== 0))
    draft.error(
      first.at,
      `${split.map(({ key, size }) => `${key} ${size}`).join(' x ')} does not make up the ${devices} GPUs of the run`,
      whole ? `choose them so that their product is ${devices}` : `choose them so that their product divides ${devices}`,
    );
  const given = (wanted: string) => split.find(({ key, size }) => key === wanted && size > 1);
  const replicated = given('data_parallel_replicate_dim');
  if (replicated !== undefined && method.value === 'qlora')
    draft.error(replicated.at, 'the 4-bit weights of method qlora cannot be replicated, only sharded', 'remove it, or use method lora');
  const context = given('context_parallel_dim');
  const floats = draft.plannedAt('enable_fp8_training');
  if (context !== undefined && floats !== undefined && draft.value('enable_fp8_training') === true)
    draft.error(floats, 'enable_fp8_training excludes context_parallel_dim', 'remove one of them');
  const tensor = given('tensor_parallel_dim');
  if (tensor?.size === devices && draft.value('fsdp_cpu_offload') === true)
    draft.error(tensor.at, 'fsdp_cpu_offload excludes tensor parallelism over all GPUs', 'set fsdp_cpu_offload to false, or use more GPUs');
}
