import heads from '../data/heads.json' with { type: 'json' };
import { isSet, isTrue, type Judged, numberOf, type Rule, stringOf, type Words } from './rule.ts';

const HEADS: Readonly<Record<string, readonly number[]>> = heads;

/** Query and key/value heads, and the width: each is dealt to the GPUs of a tensor parallel group. */
function dealtOut(config: Judged): Words | undefined {
  const parallel = numberOf(config, 'tensor_parallel_dim') ?? 1;
  const { model } = config;
  if (parallel <= 1 || model === undefined) return undefined;
  const [query, keyValue] = HEADS[model.short] ?? [numberOf(config, 'model.num_heads'), numberOf(config, 'model.num_kv_heads')];
  const parts: [string, number | undefined][] = [
    ['attention heads', query],
    ['key/value heads', keyValue],
    ['embedding dimensions', model.embed_dim],
  ];
  const [uneven] = parts.filter(([, count]) => count !== undefined && count % parallel !== 0);
  return uneven === undefined ? undefined : { count: uneven[1] ?? 0, parts: uneven[0] };
}

/** How a model is dealt to several GPUs, and what of it is kept or computed again. */
export const SHARDING_RULES: readonly Rule[] = [
  {
    name: 'ac-mode-with-checkpointing',
    why: 'Each of the two makes the recipe skip the other.',
    torchtune: 'Says nothing: no layer is checkpointed, and the run may need memory that it does not have.',
    what: 'ac_mode together with {enable_activation_checkpointing} switches both off',
    fix: 'set {enable_activation_checkpointing} to false',
    at: ['ac_mode', 'enable_activation_checkpointing'],
    broken: (config) => isSet(config, 'ac_mode') && isTrue(config, 'enable_activation_checkpointing'),
  },
  {
    name: 'ac-option-needs-selective',
    why: 'ac_option says which layers selective checkpointing takes.',
    torchtune: 'Says nothing, and ignores it.',
    what: 'ac_option has no effect unless ac_mode is selective',
    fix: 'set ac_mode to selective, or remove ac_option',
    at: ['ac_option'],
    weight: 'no effect',
    broken: (config) => isSet(config, 'ac_option') && stringOf(config, 'ac_mode') !== 'selective',
  },
  {
    name: 'selective-needs-ac-option',
    why: 'Selective checkpointing without a choice of layers has nothing to go by.',
    torchtune: "`TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'`",
    what: 'ac_mode selective needs ac_option',
    fix: 'set ac_option to the number n of "every n-th layer", or to op',
    at: ['ac_mode'],
    broken: (config) => stringOf(config, 'ac_mode') === 'selective' && !isSet(config, 'ac_option'),
  },
  {
    name: 'tensor-parallel-plan',
    why: 'The plan says which layer is cut in which direction.',
    torchtune: '`ValueError: Tensor Parallel plan needs to be provided when tensor parallel is enabled.`',
    what: 'tensor_parallel_dim needs a tensor parallel plan',
    fix: 'set tensor_parallel_plan._component_, or remove it',
    at: ['tensor_parallel_dim'],
    broken: (config) =>
      (numberOf(config, 'tensor_parallel_dim') ?? 1) !== 1 &&
      !isSet(config, 'tensor_parallel_plan._component_') &&
      config.known.keysOfRecipe(config.recipe).includes('tensor_parallel_plan'),
  },
  {
    name: 'tensor-parallel-plan-alone',
    why: 'Without tensor_parallel_dim nothing is cut.',
    torchtune: 'Says nothing, and ignores it.',
    what: 'tensor_parallel_plan has no effect without tensor_parallel_dim',
    fix: 'set tensor_parallel_dim, or remove it',
    at: ['tensor_parallel_plan._component_'],
    weight: 'no effect',
    broken: (config) => isSet(config, 'tensor_parallel_plan._component_') && (numberOf(config, 'tensor_parallel_dim') ?? 1) === 1,
  },
  {
    name: 'tensor-parallel-heads',
    why: 'Each GPU of a group takes as many whole heads as the others.',
    torchtune: '`ValueError: Number of KV heads (8) must be divisible by tensor parallel size (16).`',
    what: 'tensor_parallel_dim {=tensor_parallel_dim} does not divide the {count} {parts} of the model',
    fix: 'use a divisor of {count}',
    at: ['tensor_parallel_dim'],
    broken: dealtOut,
  },
];
