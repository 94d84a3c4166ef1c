import { component, isSet, isTrue, type Judged, numberOf, type Rule } from './rule.ts';

const isPacked = ({ packed }: Judged): boolean => packed.includes(true);

export const PACKING_RULES: readonly Rule[] = [
  {
    name: 'packing-needs-a-length',
    why: 'Packs are filled up to max_seq_len.',
    torchtune: '`ValueError: PackedDataset requires a max_seq_len to be set on the tokenizer.`',
    what: 'packed samples need a max_seq_len, and none is set',
    fix: 'set {tokenizer.max_seq_len}, e.g. 2048',
    at: ['dataset.packed'],
    broken: (config) => isPacked(config) && !isSet(config, 'tokenizer.max_seq_len'),
  },
  {
    name: 'packing-gemma-2',
    why: 'Its attention has no block mask, which keeps packed samples apart.',
    torchtune: '`NotImplementedError: Block masks are not implemeted yet, use packed=False.`',
    what: 'Gemma 2 cannot train on packed samples on a GPU',
    fix: 'set packed to false',
    at: ['dataset.packed'],
    broken: (config) => isPacked(config) && !config.cpu && config.model?.model_type === 'GEMMA2',
  },
  {
    name: 'packing-without-attention-dropout',
    why: 'Packed samples go through flex attention on a GPU.',
    torchtune: '`ValueError: Flex attention does not support dropout. Please set dropout to 0.0.`',
    what: 'packed samples exclude model.attn_dropout on a GPU',
    fix: 'set model.attn_dropout to 0, or packed to false',
    at: ['model.attn_dropout', 'dataset.packed'],
    broken: (config) => isPacked(config) && !config.cpu && (numberOf(config, 'model.attn_dropout') ?? 0) > 0,
  },
  {
    name: 'packing-all-or-none',
    why: 'A batch is collated in one way.',
    torchtune: "`ValueError: ConcatDataset can't process a mix of packed and non-packed datasets.`",
    what: 'some of the data sets are packed and some are not',
    fix: 'set packed alike for all of them',
    at: ['dataset'],
    broken: ({ packed }) => packed.includes(true) && packed.includes(false),
  },
  {
    name: 'packing-preferences',
    why: 'A pair of answers cannot be cut out of a pack.',
    torchtune:
      "`ValueError: Packed is currently not supported for preference datasets.`; of images `ValueError: Multimodal datasets don't support packing yet.`",
    what: '{component} cannot be packed',
    fix: 'set packed to false',
    at: ['dataset.packed'],
    broken: (config) => {
      const name = component(config, 'dataset');
      return isPacked(config) && /preference|paired|hh_rlhf|multimodal/.test(name) && { component: name };
    },
  },
  {
    name: 'split-across-packs',
    why: 'Unpacked texts are never cut in two.',
    torchtune: 'Says nothing, and ignores it.',
    what: 'dataset.split_across_pack has no effect without packed',
    fix: 'set packed to true, or remove it',
    at: ['dataset.split_across_pack'],
    weight: 'no effect',
    broken: (config) => config.given('dataset.split_across_pack') && !isTrue(config, 'dataset.packed'),
  },
  {
    name: 'collator-of-packs',
    why: 'Packs have a collator of their own.',
    torchtune: 'Says nothing, and takes padded_collate_packed.',
    what: 'collate_fn has no effect on packed samples',
    fix: 'remove it, or set packed to false',
    at: ['collate_fn'],
    weight: 'no effect',
    broken: (config) => isSet(config, 'collate_fn') && isPacked(config),
  },
];
