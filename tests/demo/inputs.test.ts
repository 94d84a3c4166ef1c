import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteTokenizer, TINY_LLAMA, writeTinyModel } from '../../demo/tiny_model.ts';
import { wordRows, wordsFile } from '../../demo/words.ts';
import { digest } from '../../server/model/digest.ts';

describe('the words', () => {
  it('are different, of the wanted length, each with its capitalised form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 20 }), fc.integer({ min: 1, max: 200 }), (length, count) => {
        const rows = wordRows(length, count);
        expect(rows.length).toBe(count);
        expect(new Set(rows.map((row) => row.input)).size).toBe(count);
        for (const { input, output } of rows) {
          expect(input).toMatch(new RegExp(`^[a-z]{${length}}$`));
          expect(output).toBe(input[0]?.toUpperCase() + input.slice(1));
        }
      }),
    );
  });

  it('make a JSON file of one row a line, the same every time', () => {
    expect(wordsFile(5, 3)).toBe(
      '[\n{"input":"fopuc","output":"Fopuc"},\n{"input":"fakin","output":"Fakin"},\n{"input":"kokev","output":"Kokev"}\n]\n',
    );
  });
});

describe('the tokenizer', () => {
  it('has one token for each byte, in the order of the ranks', () => {
    const tokens = byteTokenizer()
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' '));
    expect(tokens.map(([token, rank]) => [[...Buffer.from(token ?? '', 'base64')], Number(rank)])).toEqual(
      Array.from({ length: 256 }, (_, byte) => [[byte], byte]),
    );
  });
});

describe('the model', () => {
  let folder: string;
  let bytes: Buffer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'runwright-model-'));
    await writeTinyModel(folder);
    bytes = readFileSync(join(folder, 'model.safetensors'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const header = (): Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> => {
    const { __metadata__: _, ...tensors } = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())));
    return tensors;
  };

  it('is a safetensors file whose tensors fill it from end to end', () => {
    let offset = 0;
    for (const [name, { dtype, shape, data_offsets }] of Object.entries(header())) {
      expect({ name, dtype, data_offsets }).toEqual({
        name,
        dtype: 'F32',
        data_offsets: [offset, offset + shape.reduce((product, size) => product * size, 4)],
      });
      offset = data_offsets[1];
    }
    expect(bytes.length).toBe(8 + Number(bytes.readBigUInt64LE()) + offset);
  });

  it('has the tensors of a Llama of two layers, in the names of Hugging Face', () => {
    const shapes = Object.fromEntries(Object.entries(header()).map(([name, { shape }]) => [name, shape]));
    expect(Object.keys(shapes).length).toBe(2 * 9 + 3);
    expect(shapes).toMatchObject({
      'model.embed_tokens.weight': [128256, 64],
      'model.layers.1.self_attn.k_proj.weight': [32, 64],
      'model.layers.1.mlp.down_proj.weight': [64, 256],
      'model.norm.weight': [64],
      'lm_head.weight': [128256, 64],
    });
  });

  it('is described by its config.json', () => {
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toMatchObject({
      vocab_size: TINY_LLAMA.vocab_size,
      hidden_size: 64,
      num_attention_heads: 8,
      num_key_value_heads: 4,
      num_hidden_layers: 2,
      tie_word_embeddings: false,
    });
  });

  it('has the same weights every time', async () => {
    const again = mkdtempSync(join(tmpdir(), 'runwright-model-'));
    try {
      await writeTinyModel(again);
      expect(digest(readFileSync(join(again, 'model.safetensors')))).toBe(digest(bytes));
    } finally {
      rmSync(again, { recursive: true, force: true });
    }
  });
});
