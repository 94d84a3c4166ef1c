import { TINY_LLAMA3 } from '../../example_plan.ts';
import type { RuleCase } from './rule_case.ts';

const sized = (sizes: Readonly<Record<string, number>>): RuleCase['example'] => ({
  model: 'tiny',
  planned: { ...TINY_LLAMA3, sizeCells: { ...TINY_LLAMA3.sizeCells, ...sizes } },
});

/** Of a builder's sizes. */
export const MODEL_SIZES_CASES: readonly RuleCase[] = [
  {
    rule: 'heads-in-groups',
    example: sized({ num_kv_heads: 3 }),
    tells:
      "10:2: num_heads 8 is no multiple of num_kv_heads 3; correct one of them: they stand in the model's config.json as num_attention_heads and num_key_value_heads",
  },
  {
    rule: 'width-of-heads',
    example: sized({ embed_dim: 60 }),
    tells:
      "10:4: embed_dim 60 does not divide into 8 heads of an even width; use a multiple of 16: they stand in the model's config.json as hidden_size and num_attention_heads",
  },
  {
    rule: 'width-of-heads',
    example: { model: 'tiny', planned: TINY_LLAMA3 },
    edits: { 'model.embed_dim': 56 },
    tells:
      "14:3: embed_dim 56 does not divide into 8 heads of an even width; use a multiple of 16: they stand in the model's config.json as hidden_size and num_attention_heads",
  },
];
