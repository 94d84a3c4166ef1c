import { type Cells, configText, requestFor } from '../example_plan.ts';

/** A training whose memory was measured: the settings of its run, its model, and where they matter its data. */
export interface MemoryCase {
  name: string;
  model: string;
  cells: Cells;
  pairs?: true;
}

const LLAMA_1B = 'Llama-3.2-1B-Instruct';
const LLAMA_3B = 'Llama-3.2-3B-Instruct';
const LLAMA_8B = 'Llama-3.1-8B-Instruct';
const off = { activation_checkpointing: false };
const on = { activation_checkpointing: true };
const padded = { packed: false, batch_size: 4, max_seq_len: 1024, gradient_accumulation_steps: 1, compile: false };
const packed = { ...padded, packed: true, batch_size: 2, max_seq_len: 2048 };
const everywhere = { lora_modules: ['q_proj', 'k_proj', 'v_proj', 'output_proj', 'mlp'], lora_rank: 64, lora_alpha: 128 };

/** Of all methods and objectives that one GPU can train, each with what changes its memory most. */
export const MEMORY_CASES: readonly MemoryCase[] = [
  { name: '1b lora', model: LLAMA_1B, cells: { ...padded, ...off, method: 'lora' } },
  { name: '1b lora checkpointed', model: LLAMA_1B, cells: { ...padded, ...on, method: 'lora' } },
  { name: '1b lora fp32', model: LLAMA_1B, cells: { ...padded, ...on, method: 'lora', dtype: 'fp32' } },
  { name: '1b dora', model: LLAMA_1B, cells: { ...padded, ...on, method: 'dora' } },
  { name: '1b qlora', model: LLAMA_1B, cells: { ...padded, ...on, method: 'qlora' } },
  { name: '1b full', model: LLAMA_1B, cells: { ...padded, ...off, method: 'full' } },
  { name: '1b full packed', model: LLAMA_1B, cells: { ...packed, ...on, method: 'full' } },
  { name: '1b dpo lora', model: LLAMA_1B, cells: { ...padded, ...on, method: 'lora', batch_size: 2 }, pairs: true },
  { name: '1b taught by 3b', model: LLAMA_1B, cells: { ...padded, ...on, method: 'lora', batch_size: 2, teacher_model: LLAMA_3B } },
  { name: '3b lora accumulated', model: LLAMA_3B, cells: { ...padded, ...off, method: 'lora', gradient_accumulation_steps: 2 } },
  { name: '3b full in backward', model: LLAMA_3B, cells: { ...padded, ...on, method: 'full', optimizer_in_bwd: true } },
  { name: '3b full', model: LLAMA_3B, cells: { ...padded, ...on, method: 'full' } },
  { name: '8b lora packed', model: LLAMA_8B, cells: { ...packed, ...off, method: 'lora' } },
  { name: '8b lora packed checkpointed', model: LLAMA_8B, cells: { ...packed, ...on, method: 'lora' } },
  {
    name: '8b lora packed offloaded',
    model: LLAMA_8B,
    cells: { ...packed, ...on, method: 'lora', activation_offloading: true },
  },
  { name: '8b qlora packed', model: LLAMA_8B, cells: { ...packed, ...on, method: 'qlora' } },
  { name: '8b qlora', model: LLAMA_8B, cells: { ...padded, ...off, method: 'qlora', batch_size: 2 } },
  { name: '8b lora everywhere', model: LLAMA_8B, cells: { ...padded, ...on, ...everywhere, method: 'lora', batch_size: 8 } },
  { name: '8b lora wide batch', model: LLAMA_8B, cells: { ...padded, ...on, method: 'lora', batch_size: 32, max_seq_len: 512 } },
  { name: '8b dpo lora', model: LLAMA_8B, cells: { ...padded, ...on, method: 'lora', batch_size: 1 }, pairs: true },
  { name: 'qwen 7b lora', model: 'Qwen2.5-7B-Instruct', cells: { ...padded, ...on, method: 'lora' } },
  { name: 'qwen 0.5b full', model: 'Qwen2.5-0.5B-Instruct', cells: { ...padded, ...off, method: 'full' } },
  { name: 'gemma-2 2b lora', model: 'gemma-2-2b', cells: { ...padded, ...on, method: 'lora' } },
  { name: 'mistral 7b lora', model: 'Mistral-7B-v0.1', cells: { ...padded, ...on, method: 'lora' } },
  { name: 'phi-3 lora', model: 'Phi-3-mini-4k-instruct', cells: { ...padded, ...off, method: 'lora' } },
  {
    name: 'llama-2 7b lora',
    model: 'Llama-2-7b-hf',
    cells: { ...padded, ...on, method: 'lora', batch_size: 2, max_seq_len: 512, lora_rank: 8, lora_modules: ['q_proj', 'v_proj'] },
  },
  { name: '8b lora packed compiled', model: LLAMA_8B, cells: { ...packed, ...on, method: 'lora', compile: true } },
  { name: '8b lora packed compiled whole', model: LLAMA_8B, cells: { ...packed, ...off, method: 'lora', compile: true } },
  { name: '3b full packed compiled', model: LLAMA_3B, cells: { ...packed, ...on, method: 'full', max_seq_len: 4096, compile: true } },
  { name: '8b qlora packed compiled', model: LLAMA_8B, cells: { ...packed, ...on, method: 'qlora', compile: true } },
];

/** The config that a plan with these settings gets; `data` is a file of rows or of pairs. */
export function configOf({ cells, model, pairs }: Omit<MemoryCase, 'name'>, data = '/scratch/data.json'): string {
  const format = pairs === true ? 'preference' : 'instruct';
  return configText(requestFor({ gpus: 1, ...cells }, { model, dataset: { path: data, format } }));
}
