import { mkdirSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from './seeded_random.ts';

/** A Llama 3 with two layers. The vocabulary is Llama 3's own size: its special tokens have fixed numbers up to 128255. */
export const TINY_LLAMA = {
  vocab_size: 128256,
  num_layers: 2,
  num_heads: 8,
  num_kv_heads: 4,
  embed_dim: 64,
  intermediate_dim: 256,
  max_seq_len: 1024,
} as const;

export type TinySizes = { readonly [Name in keyof typeof TINY_LLAMA]: number };

interface Tensor {
  name: string;
  shape: readonly number[];
  /** Largest absolute weight; 'ones' for the norms. */
  scale: number | 'ones';
}

/** Names and shapes as Hugging Face writes a Llama checkpoint: torchtune reads those and no others. */
function tensors(sizes: TinySizes): Tensor[] {
  const { vocab_size: vocab, num_layers: layers, embed_dim: dim, intermediate_dim: wide } = sizes;
  const keys = (dim / sizes.num_heads) * sizes.num_kv_heads;
  const linear = (name: string, out: number, into: number): Tensor => ({ name, shape: [out, into], scale: Math.sqrt(3 / into) });
  const norm = (name: string): Tensor => ({ name, shape: [dim], scale: 'ones' });
  const layer = (at: string): Tensor[] => [
    norm(`${at}.input_layernorm.weight`),
    linear(`${at}.self_attn.q_proj.weight`, dim, dim),
    linear(`${at}.self_attn.k_proj.weight`, keys, dim),
    linear(`${at}.self_attn.v_proj.weight`, keys, dim),
    linear(`${at}.self_attn.o_proj.weight`, dim, dim),
    norm(`${at}.post_attention_layernorm.weight`),
    linear(`${at}.mlp.gate_proj.weight`, wide, dim),
    linear(`${at}.mlp.up_proj.weight`, wide, dim),
    linear(`${at}.mlp.down_proj.weight`, dim, wide),
  ];
  return [
    { name: 'model.embed_tokens.weight', shape: [vocab, dim], scale: 0.5 },
    ...Array.from({ length: layers }, (_, index) => layer(`model.layers.${index}`)).flat(),
    norm('model.norm.weight'),
    { name: 'lm_head.weight', shape: [vocab, dim], scale: 0.035 },
  ];
}

const elements = (tensor: Tensor): number => tensor.shape.reduce((product, size) => product * size, 1);

/** The safetensors form: length of the header in 8 bytes, the header in JSON, then the bare numbers. */
function safetensorsHeader(list: readonly Tensor[]): Buffer {
  let offset = 0;
  const entries = list.map((tensor) => {
    const start = offset;
    offset += elements(tensor) * 4;
    return [tensor.name, { dtype: 'F32', shape: tensor.shape, data_offsets: [start, offset] }];
  });
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}

function weights(tensor: Tensor, random: () => number): Float32Array {
  const values = new Float32Array(elements(tensor));
  const { scale } = tensor;
  if (scale === 'ones') return values.fill(1);
  for (let index = 0; index < values.length; index++) values[index] = (random() * 2 - 1) * scale;
  return values;
}

/** 256 tokens, one a byte, in tiktoken's form: base64, a space, the rank. */
export const byteTokenizer = (): string =>
  Array.from({ length: 256 }, (_, byte) => `${Buffer.from([byte]).toString('base64')} ${byte}\n`).join('');

const hubConfig = (sizes: TinySizes): string =>
  `${JSON.stringify(
    {
      architectures: ['LlamaForCausalLM'],
      model_type: 'llama',
      vocab_size: sizes.vocab_size,
      hidden_size: sizes.embed_dim,
      intermediate_size: sizes.intermediate_dim,
      num_hidden_layers: sizes.num_layers,
      num_attention_heads: sizes.num_heads,
      num_key_value_heads: sizes.num_kv_heads,
      max_position_embeddings: sizes.max_seq_len,
      rms_norm_eps: 1e-5,
      rope_theta: 500000,
      tie_word_embeddings: false,
      torch_dtype: 'float32',
    },
    null,
    2,
  )}\n`;

/** Writes a checkpoint with random weights, the same every time; returns its size in bytes. */
export async function writeTinyModel(folder: string, sizes: TinySizes = TINY_LLAMA): Promise<number> {
  mkdirSync(join(folder, 'original'), { recursive: true });
  await writeFile(join(folder, 'config.json'), hubConfig(sizes));
  await writeFile(join(folder, 'original', 'tokenizer.model'), byteTokenizer());
  const list = tensors(sizes);
  const random = seededRandom(3);
  const file = await open(join(folder, 'model.safetensors'), 'w', 0o644);
  try {
    await file.writeFile(safetensorsHeader(list));
    for (const tensor of list) await file.writeFile(new Uint8Array(weights(tensor, random).buffer));
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
