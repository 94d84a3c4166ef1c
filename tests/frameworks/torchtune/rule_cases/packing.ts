import { model, type RuleCase, TINY } from './rule_case.ts';

export const PACKING_CASES: readonly RuleCase[] = [
  {
    rule: 'packing-needs-a-length',
    cells: { packed: true },
    tells: '40:1: packed samples need a max_seq_len, and none is set; set max_seq_len, e.g. 2048',
  },
  {
    rule: 'packing-gemma-2',
    cells: { packed: true, max_seq_len: 512 },
    example: model('gemma-2-2b'),
    tells: '40:1: Gemma 2 cannot train on packed samples on a GPU; set packed to false',
  },
  {
    rule: 'packing-without-attention-dropout',
    cells: { packed: true, max_seq_len: 512, 'model.attn_dropout': 0.1 },
    example: TINY,
    tells: '40:3: packed samples exclude model.attn_dropout on a GPU; set model.attn_dropout to 0, or packed to false',
  },
  {
    rule: 'packing-all-or-none',
    edits: {
      dataset: [
        { _component_: 'torchtune.datasets.instruct_dataset', source: 'json', data_files: '/d/a.json', packed: false },
        { _component_: 'torchtune.datasets.instruct_dataset', source: 'json', data_files: '/d/b.json', packed: true },
      ],
      'tokenizer.max_seq_len': 512,
    },
    tells: '35:1: some of the data sets are packed and some are not; set packed alike for all of them',
  },
  {
    rule: 'packing-preferences',
    cells: { max_seq_len: 512, packed: true },
    example: { dataset: { format: 'preference', path: '/d/pairs.jsonl' } },
    tells: '40:2: torchtune.datasets.preference_dataset cannot be packed; set packed to false',
  },
  {
    rule: 'split-across-packs',
    cells: { 'dataset.split_across_pack': false },
    example: { dataset: { format: 'completion' } },
    tells: '40:1: dataset.split_across_pack has no effect without packed; set packed to true, or remove it',
  },
  {
    rule: 'collator-of-packs',
    cells: { packed: true, max_seq_len: 512, collate_fn: 'my_data.collate' },
    tells: '40:3: collate_fn has no effect on packed samples; remove it, or set packed to false',
  },
];
