import { numberOf, type Rule } from './rule.ts';

const HEADS = 'model.num_heads';
const KEY_VALUE_HEADS = 'model.num_kv_heads';
const WIDTH = 'model.embed_dim';

/** Of a model that a builder makes from its sizes. */
export const MODEL_SIZE_RULES: readonly Rule[] = [
  {
    name: 'heads-in-groups',
    why: 'Each key and value head serves the same number of query heads.',
    torchtune: '`ValueError: num_heads (6) must be divisible by num_kv_heads (4)`',
    what: 'num_heads {=model.num_heads} is no multiple of num_kv_heads {=model.num_kv_heads}',
    fix: "correct one of them: they stand in the model's config.json as num_attention_heads and num_key_value_heads",
    at: [HEADS, KEY_VALUE_HEADS],
    broken: (config) => (numberOf(config, HEADS) ?? 0) % (numberOf(config, KEY_VALUE_HEADS) ?? 1) !== 0,
  },
  {
    name: 'width-of-heads',
    why: 'The width is dealt out to the heads, and the positions turn pairs of its numbers.',
    torchtune:
      "`ValueError: embed_dim (60) must be divisible by num_heads (8)`; of an odd width `RuntimeError: shape '[2, 8, 8, -1, 2]' is invalid`",
    what: 'embed_dim {=model.embed_dim} does not divide into {=model.num_heads} heads of an even width',
    fix: "use a multiple of {twice}: they stand in the model's config.json as hidden_size and num_attention_heads",
    at: [WIDTH, HEADS],
    broken: (config) => {
      const twice = 2 * (numberOf(config, HEADS) ?? 1);
      const width = numberOf(config, WIDTH);
      return width !== undefined && width % twice !== 0 && { twice };
    },
  },
];
