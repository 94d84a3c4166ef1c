import { isLora, isQuantised, isSet, isTrue, numberOf, type Rule, stringOf } from './rule.ts';

const TOO_LARGE_FOR_A_CPU = 6e10;

export const DEVICE_RULES: readonly Rule[] = [
  {
    name: 'dtype',
    why: 'The recipes train in bf16 or fp32; fp16 would need a scaled loss, which they lack.',
    torchtune: '`ValueError: fp16 precision is not supported in this recipe. Please use fp32 or bf16.`',
    what: 'dtype {=dtype} cannot be trained with',
    fix: 'use bf16 or fp32',
    at: ['dtype'],
    broken: (config) => isSet(config, 'dtype') && !['bf16', 'fp32', 'fp64'].includes(stringOf(config, 'dtype')),
  },
  {
    name: 'offloading-needs-a-gpu',
    why: "Offloading moves activations from the GPU to the host's memory.",
    torchtune: '`RuntimeError: enable_activation_offloading should only be True when training on CUDA`',
    what: '{enable_activation_offloading} needs a GPU, and the run trains on the CPU',
    fix: 'set it to false',
    at: ['enable_activation_offloading', 'device'],
    broken: (config) => config.cpu && isTrue(config, 'enable_activation_offloading'),
  },
  {
    name: 'offloading-needs-checkpointing',
    why: 'Only the activations that checkpointing keeps are offloaded.',
    torchtune: '`RuntimeError: enable_activation_offloading should only be True when enable_activation_checkpointing is True`',
    what: '{enable_activation_offloading} needs {enable_activation_checkpointing}',
    fix: 'set {enable_activation_checkpointing} to true',
    at: ['enable_activation_offloading', 'enable_activation_checkpointing'],
    broken: (config) => !config.cpu && isTrue(config, 'enable_activation_offloading') && !isTrue(config, 'enable_activation_checkpointing'),
  },
  {
    name: 'nodes-need-gpus',
    why: 'The distributed recipes need GPUs.',
    torchtune:
      "`RuntimeError: Distributed package doesn't have NCCL built in`, or, in full_finetune_distributed, `ValueError: Logging memory stats is not supported on CPU devices`",
    what: 'several nodes need GPUs, and the run trains on the CPU',
    fix: 'set nodes to 1, or {device} to at least 1',
    at: ['nodes', 'device'],
    broken: (config) => config.cpu && config.nodes > 1,
  },
  {
    name: 'distributed-on-the-cpu',
    why: 'The distributed recipes need GPUs.',
    torchtune:
      "`ValueError: Logging memory stats is not supported on CPU devices`, or `RuntimeError: Distributed package doesn't have NCCL built in`",
    what: '{recipe} needs GPUs, and device is {=device}',
    fix: 'set device to cuda, or take the recipe for a single device',
    at: ['device'],
    broken: (config) => config.cpu && config.recipe.includes('distributed') && { recipe: config.recipe },
  },
  {
    name: 'no-device-index',
    why: 'Each process of a distributed run takes the GPU of its own rank.',
    torchtune: "`RuntimeError: You can't specify a device index when using distributed training.`",
    what: 'device is {=device}, and each process of {recipe} takes the GPU of its own number',
    fix: 'set device to cuda',
    at: ['device'],
    broken: (config) => config.recipe.includes('distributed') && /:\d+$/.test(stringOf(config, 'device')) && { recipe: config.recipe },
  },
  {
    name: 'merged-on-the-cpu',
    why: 'On the CPU the merge writes into the live weights, so from the second epoch on the base holds the adapter.',
    torchtune: 'Says nothing: from epoch 1 on the merged weights, and the training itself, are wrong.',
    what: 'on the CPU torchtune writes wrong merged checkpoints from the second epoch on',
    fix: 'set save_adapter_weights_only to true, or epochs to 1',
    at: ['epochs'],
    broken: (config) =>
      config.cpu &&
      (numberOf(config, 'epochs') ?? 1) > 1 &&
      isLora(config) &&
      !isQuantised(config) &&
      !isTrue(config, 'save_adapter_weights_only'),
  },
  {
    name: 'too-large-for-a-cpu',
    why: 'A step of such a model takes a CPU hours.',
    torchtune: 'Says nothing, and hardly makes a step.',
    what: '{name} on a CPU will hardly end',
    fix: 'set {device}',
    at: [],
    weight: 'warning',
    broken: ({ cpu, model }) => cpu && model !== undefined && model.parameters > TOO_LARGE_FOR_A_CPU && { name: model.names[0] ?? '' },
  },
  {
    name: 'seed-of-the-last-rank',
    why: 'Each rank trains with the seed plus its own number, and numpy takes seeds below 2^32.',
    torchtune: '`ValueError: Invalid seed value provided: 4294967296. Value must be in the range [0, 4294967295]`',
    what: 'seed {=seed} is too large for {devices} devices, each of which adds its number',
    fix: 'use at most {most}',
    at: ['seed'],
    broken: (config) => {
      const most = 2 ** 32 - config.devices;
      return (numberOf(config, 'seed') ?? 0) > most && { devices: config.devices, most };
    },
  },
  {
    name: 'memory-stats-of-a-cpu',
    why: 'Only GPUs count their memory.',
    torchtune: 'Says nothing: the log has no memory in it.',
    what: 'log_peak_memory_stats has no effect on the CPU',
    fix: 'remove it',
    at: ['log_peak_memory_stats'],
    weight: 'no effect',
    broken: (config) => config.cpu && config.given('log_peak_memory_stats') && isTrue(config, 'log_peak_memory_stats'),
  },
];
