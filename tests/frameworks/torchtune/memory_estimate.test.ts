import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import type { Cells } from '../example_plan.ts';
import { configOf, MEMORY_CASES } from './memory_cases.ts';
import measured from './recorded/memory_on_h200.json' with { type: 'json' };

const memoryOf = (cells: Cells, model: string): number =>
  torchtune.readConfig(configOf({ cells, model }), 'finetune.yaml').device_memory_gib ?? Number.NaN;

const LLAMA_3B = 'Llama-3.2-3B-Instruct';
const LLAMA_8B = 'Llama-3.1-8B-Instruct';
const LLAMA_7B = 'Llama-2-7b-hf';
const ladder = { method: 'full', packed: true, max_seq_len: 4096, batch_size: 2, lr: 2e-5 };
const lora = { method: 'lora', packed: true, batch_size: 2, compile: true };
/** Peak GiB of one GPU as published with torchtune 0.6.1 and before, for settings that can be told in a plan. */
const PUBLISHED: [string, string, Cells, number][] = [
  ['3B full, packed 4096, compiled, chunked loss', LLAMA_3B, { ...ladder, compile: true, activation_checkpointing: false }, 42.9],
  ['the same with activation checkpointing', LLAMA_3B, { ...ladder, compile: true, activation_checkpointing: true }, 24.9],
  [
    '3B LoRA with checkpointing and offloading',
    LLAMA_3B,
    { ...lora, max_seq_len: 4096, activation_checkpointing: true, activation_offloading: true },
    8.5,
  ],
  ['8B LoRA, packed 2048, RTX 4090', LLAMA_8B, { ...lora, max_seq_len: 2048, activation_checkpointing: true }, 16.2],
  ['8B LoRA, packed 2048, A6000', LLAMA_8B, { ...lora, max_seq_len: 2048, activation_checkpointing: false }, 30.3],
  ['8B QLoRA, packed 2048', LLAMA_8B, { ...lora, method: 'qlora', max_seq_len: 2048, activation_checkpointing: true }, 7.4],
  ['70B LoRA on 8 GPUs', 'Llama-3.1-70B-Instruct', { ...lora, max_seq_len: 2048, gpus: 8, activation_checkpointing: true }, 27.6],
  [
    '7B LoRA r8 of q and v',
    LLAMA_7B,
    { lora_rank: 8, lora_modules: ['q_proj', 'v_proj'], batch_size: 2, max_seq_len: 512, activation_checkpointing: true },
    15.57,
  ],
  [
    '7B LoRA r64 of all layers',
    LLAMA_7B,
    {
      lora_rank: 64,
      lora_modules: ['q_proj', 'k_proj', 'v_proj', 'output_proj', 'mlp'],
      batch_size: 2,
      max_seq_len: 512,
      activation_checkpointing: true,
    },
    17.04,
  ],
];

describe('the memory of a GPU', () => {
  it('is told from a tenth below to a quarter above every published number', () => {
    const ratios = PUBLISHED.map(([name, model, cells, peak]) => ({ name, ratio: memoryOf(cells, model) / peak }));
    expect(ratios.filter(({ ratio }) => ratio < 0.9 || ratio > 1.25)).toEqual([]);
  });

  it('is told from a tenth below to a quarter above what was measured on one', () => {
    const ratios = measured.cases.map(({ name, reserved_gib }) => {
      const one = MEMORY_CASES.find((known) => known.name === name);
      if (one === undefined) throw new Error(name);
      return { name, ratio: (torchtune.readConfig(configOf(one), name).device_memory_gib ?? Number.NaN) / reserved_gib };
    });
    expect(ratios).toHaveLength(23);
    expect(ratios.filter(({ ratio }) => ratio < 0.9 || ratio > 1.25)).toEqual([]);
  });

  it('grows with the batch and the length, and shrinks with each of the ways that are told', () => {
    const cells = { method: 'lora', batch_size: 16, gradient_accumulation_steps: 2, max_seq_len: 2048, activation_checkpointing: false };
    expect(memoryOf({ ...cells, batch_size: 32 }, LLAMA_8B)).toBeGreaterThan(memoryOf(cells, LLAMA_8B));
    const mends = torchtune.memoryMends(configOf({ cells: cells, model: LLAMA_8B }), 1000);
    expect(mends).toHaveLength(3);
    for (const { device_memory_gib } of mends) expect(device_memory_gib).toBeLessThan(memoryOf(cells, LLAMA_8B));
  });

  it('of a mend is what the config with that mend needs', () => {
    const cells = { method: 'lora', batch_size: 16, gradient_accumulation_steps: 2, max_seq_len: 2048, activation_checkpointing: false };
    const mended: Record<string, Cells> = {
      'batch_size 8 with gradient_accumulation_steps 4': { ...cells, batch_size: 8, gradient_accumulation_steps: 4 },
      'activation_checkpointing true': { ...cells, activation_checkpointing: true },
      'method qlora': { ...cells, method: 'qlora' },
      'gpus 2 with gradient_accumulation_steps 1': { ...cells, gpus: 2, gradient_accumulation_steps: 1 },
    };
    for (const { change, device_memory_gib } of torchtune.memoryMends(configOf({ cells: cells, model: LLAMA_8B }), 1000)) {
      const with_it = mended[change];
      expect(with_it, change).toBeDefined();
      expect(device_memory_gib, change).toBe(memoryOf(with_it ?? cells, LLAMA_8B));
    }
  });
});

it('the batch is halved until the training fits', () => {
  const cells = { method: 'lora', batch_size: 16, gradient_accumulation_steps: 2, max_seq_len: 2048, activation_checkpointing: false };
  const config = configOf({ cells, model: LLAMA_8B });
  expect(torchtune.memoryMends(config, 90).map(({ change }) => change)).toContain('batch_size 4 with gradient_accumulation_steps 8');
});

describe('a published speed', () => {
  it('is told for the same model size, method, packing and GPU alone', () => {
    const packed = configOf({ cells: { ...lora, max_seq_len: 4096 }, model: LLAMA_3B });
    expect(torchtune.publishedSpeed(packed, 'A100')).toMatchObject({ tokens_per_second: 8210, source: 'torchtune 0.6.1 README' });
    expect(torchtune.publishedSpeed(packed, 'h100')).toBeUndefined();
    expect(torchtune.publishedSpeed(configOf({ cells: { method: 'lora' }, model: LLAMA_3B }), 'a100')).toBeUndefined();
    expect(torchtune.publishedSpeed(packed, '')).toBeUndefined();
  });
});
