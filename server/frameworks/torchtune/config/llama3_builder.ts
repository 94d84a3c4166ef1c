import type { SettingValue } from '../../../model/settings.ts';
import { kindOf } from '../keys/key_kinds.ts';
import { oneOf } from '../keys/value_kinds.ts';
import type { ModelFacts } from '../versions/registry.ts';

/** Whose checkpoints are read as those of a Llama are. */
const LLAMA_TYPES = oneOf('LLAMA2', 'LLAMA3', 'LLAMA3_2', 'MISTRAL');

/** The size columns of a `llama3` row under Models: arguments of torchtune.models.llama3.llama3. */
export const LLAMA3_SIZES = {
  required: ['num_layers', 'num_heads', 'num_kv_heads', 'embed_dim', 'max_seq_len', 'vocab_size'],
  optional: ['intermediate_dim', 'norm_eps', 'rope_base', 'model_type'],
  rangeMissed: (size: string, value: SettingValue): string | undefined => {
    const kind = size === 'model_type' ? LLAMA_TYPES : kindOf(`model.${size}`, LLAMA3_FULL);
    return kind === undefined || kind.fits(value) ? undefined : kind.range.replace(', or null', '');
  },
} as const;

export const LLAMA3_FULL = 'torchtune.models.llama3.llama3';
export const LLAMA3_LORA = 'torchtune.models.llama3.lora_llama3';

/** As torchtune's scale_hidden_dim_for_mlp: two thirds of 4 x dim, up to a multiple of 256. */
const defaultIntermediate = (dim: number): number => 256 * Math.ceil((4 * Math.floor((2 * dim) / 3)) / 256);

/** The facts of a llama3 of any size; undefined while a required size is missing. */
export function llama3Facts(name: string, sizes: Readonly<Record<string, number>>, modelType = 'LLAMA3'): ModelFacts | undefined {
  const { num_layers: layers, num_heads: heads, num_kv_heads: kvHeads, embed_dim: dim, max_seq_len: length, vocab_size: vocab } = sizes;
  if (!layers || !heads || !kvHeads || !dim || !length || !vocab) return undefined;
  const kv = (dim / heads) * kvHeads;
  const intermediate = sizes.intermediate_dim ?? defaultIntermediate(dim);
  return {
    names: [name],
    short: 'llama3',
    full: LLAMA3_FULL,
    lora: LLAMA3_LORA,
    tokenizer: 'torchtune.models.llama3.llama3_tokenizer',
    tokenizer_files: { path: 'original/tokenizer.model' },
    model_type: modelType,
    checkpoint: { files: ['model.safetensors'] },
    tied: false,
    parameters: 2 * vocab * dim + layers * (2 * dim * dim + 2 * dim * kv + 3 * dim * intermediate + 2 * dim) + dim,
    layers,
    embed_dim: dim,
    vocab_size: vocab,
    max_seq_len: length,
    lora_per_rank: {
      q: layers * 2 * dim,
      k: layers * (dim + kv),
      v: layers * (dim + kv),
      output: layers * 2 * dim,
      mlp: layers * 3 * (dim + intermediate),
    },
    sizes,
  };
}

/** Why the sizes cannot be quantised to 4 bits: NF4 needs every weight to fill whole blocks of 64 x 256 numbers. */
export function quantisationFault(sizes: Readonly<Record<string, number>>): string | undefined {
  const { num_heads: heads = 1, num_kv_heads: kvHeads = 1, embed_dim: dim = 0 } = sizes;
  const weights = { 'embed_dim x embed_dim': dim * dim, 'embed_dim x key/value size': dim * ((dim / heads) * kvHeads) };
  const all = { ...weights, 'embed_dim x intermediate_dim': dim * (sizes.intermediate_dim ?? defaultIntermediate(dim)) };
  const odd = Object.entries(all).find(([, count]) => count % 16_384 !== 0);
  return odd === undefined ? undefined : `${odd[0]} is ${odd[1]} numbers, which is no multiple of 16384 (the blocks of 4-bit quantisation)`;
}
