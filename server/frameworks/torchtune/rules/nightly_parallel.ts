import { isQuantised, isTrue, type Judged, numberOf, type Rule } from './rule.ts';

/** Ways to split a training over its GPUs: the product is their number, where `data_parallel_shard_dim` -1 takes what the others leave. */
const DIMENSIONS = ['tensor_parallel_dim', 'context_parallel_dim', 'data_parallel_replicate_dim', 'data_parallel_shard_dim'];
const THE_REST = -1;

const above1 = (config: Judged, key: string): boolean => (numberOf(config, key) ?? 1) > 1;

/** Combinations that nightly refuses when the job has started on its GPUs. */
export const NIGHTLY_PARALLEL_RULES: readonly Rule[] = [
  {
    name: 'gpus-of-the-dimensions',
    why: 'Each GPU has one place in the grid that the dimensions span.',
    torchtune: 'Ends with an assertion when the job has started on its GPUs.',
    what: '{split} does not make up the {devices} GPUs of the run',
    fix: 'choose them so that their product {mend} {devices}',
    at: DIMENSIONS,
    broken: (config) => {
      const { devices } = config;
      const split = DIMENSIONS.map((key) => ({ key, size: numberOf(config, key) ?? THE_REST })).filter(({ size }) => size !== THE_REST);
      const product = split.reduce((all, { size }) => all * size, 1);
      const whole = split.some(({ key }) => key === 'data_parallel_shard_dim');
      const words = split.map(({ key, size }) => `${key} ${size}`).join(' x ');
      return (whole ? product !== devices : devices % product !== 0) && { split: words, devices, mend: whole ? 'is' : 'divides' };
    },
  },
  {
    name: 'qlora-is-sharded',
    why: 'The 4-bit weights are dealt out in one direction alone.',
    torchtune: '`only support 1D FSDP but got mesh.ndim=2`',
    what: 'the 4-bit weights of method qlora cannot be replicated, only sharded',
    fix: 'remove it, or use method lora',
    at: ['data_parallel_replicate_dim'],
    broken: (config) => above1(config, 'data_parallel_replicate_dim') && isQuantised(config),
  },
  {
    name: 'fp8-with-a-whole-context',
    why: 'nightly does not train in 8 bits on a context that is split.',
    torchtune: '`ValueError: Context Parallel for fp8 training is not currently supported`',
    what: 'enable_fp8_training excludes context_parallel_dim',
    fix: 'remove one of them',
    at: ['enable_fp8_training', 'context_parallel_dim'],
    broken: (config) => isTrue(config, 'enable_fp8_training') && above1(config, 'context_parallel_dim'),
  },
  {
    name: 'offloading-of-tensors',
    why: 'Where all GPUs split the tensors, nothing is sharded, and only shards move to the host.',
    torchtune: '`ValueError: Tensor parallelism is not supported with FSDP CPU offloading when data parallelism is disabled.`',
    what: 'fsdp_cpu_offload excludes tensor parallelism over all GPUs',
    fix: 'set fsdp_cpu_offload to false, or use more GPUs',
    at: ['tensor_parallel_dim', 'fsdp_cpu_offload'],
    broken: (config) =>
      above1(config, 'tensor_parallel_dim') &&
      numberOf(config, 'tensor_parallel_dim') === config.devices &&
      isTrue(config, 'fsdp_cpu_offload'),
  },
  {
    name: 'qat-of-all-weights-without-compile',
    why: 'The fake quantisation of sharded weights cannot be traced.',
    torchtune: '`ValueError: Compile is not yet supported for QAT. Please set compile=False.`',
    what: 'quantisation-aware training of all weights on several GPUs excludes compile',
    fix: 'set compile to false',
    at: ['compile'],
    broken: (config) => config.recipe === 'qat_distributed' && isTrue(config, 'compile'),
  },
];
