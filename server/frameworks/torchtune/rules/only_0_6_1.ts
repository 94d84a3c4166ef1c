import { isKnownLoss } from './losses.ts';
import { component, isTrue, numberOf, type Rule } from './rule.ts';

/** What the release refuses, and the nightly does not, or in another way. */
export const RULES_OF_0_6_1: readonly Rule[] = [
  {
    name: 'tensor-parallel-devices',
    why: 'The GPUs are dealt into groups of that size.',
    torchtune: '`ValueError: world_size 4 must be divisible by tensor_parallel_dim 3`',
    what: 'tensor_parallel_dim {=tensor_parallel_dim} does not divide the {devices} GPUs of the run',
    fix: 'use a divisor of {devices}',
    at: ['tensor_parallel_dim'],
    broken: (config) => config.devices % (numberOf(config, 'tensor_parallel_dim') ?? 1) !== 0 && { devices: config.devices },
  },
  {
    name: 'tensor-parallel-fused',
    why: 'The fused kernel cannot step weights that are cut.',
    torchtune: '`ValueError: Tensor parallelism is currently incompatible with fused optimizer.`',
    what: 'tensor_parallel_dim excludes the fused optimizer',
    fix: 'set optimizer.fused to false',
    at: ['optimizer.fused', 'tensor_parallel_dim'],
    broken: (config) => (numberOf(config, 'tensor_parallel_dim') ?? 1) > 1 && isTrue(config, 'optimizer.fused'),
  },
  {
    name: 'qat-without-compile',
    why: 'The fake quantisation cannot be traced.',
    torchtune: '`ValueError: Compile is not yet supported for QAT. Please set compile=False.`',
    what: 'quantisation-aware training excludes compile',
    fix: 'set compile to false',
    at: ['compile'],
    broken: (config) => config.recipe.startsWith('qat_') && isTrue(config, 'compile'),
  },
  {
    name: 'loss-of-the-student',
    why: 'The recipe makes the logits in chunks.',
    torchtune: '`IndexError: Dimension out of range (expected to be in range of [-0, 0], but got 0)`',
    what: '{=loss._component_} does not take the logits in chunks, as the recipe makes them',
    fix: 'remove it',
    at: ['loss._component_'],
    broken: (config) => {
      const loss = component(config, 'loss');
      return config.recipe.startsWith('knowledge_distillation_') && isKnownLoss(config, loss) && !loss.endsWith('.CEWithChunkedOutputLoss');
    },
  },
];
