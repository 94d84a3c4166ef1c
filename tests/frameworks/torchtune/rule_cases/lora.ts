import { model, type RuleCase, TINY } from './rule_case.ts';

export const LORA_CASES: readonly RuleCase[] = [
  {
    rule: 'tied-output',
    cells: { lora_modules: ['q_proj', 'output'] },
    tells: '40:1: lora_modules has "output", but the output layer of Llama-3.2-1B-Instruct is tied to its embeddings; remove "output"',
  },
  {
    rule: 'tied-output',
    cells: { lora_modules: ['q_proj', 'output'] },
    example: model('gemma-2b'),
    tells: '40:1: lora_modules has "output", but the output layer of gemma-2b is tied to its embeddings; remove "output"',
  },
  {
    rule: 'lora-needs-attention',
    cells: { lora_modules: ['mlp'] },
    tells: '40:1: lora_modules names no attention layer, and torchtune needs one; add q_proj, k_proj, v_proj or output_proj',
  },
  {
    rule: 'whole-quantised-blocks',
    cells: { method: 'qlora', gpus: 0 },
    example: TINY,
    tells:
      '40:1: method qlora cannot be used with this model: embed_dim x embed_dim is 4096 numbers, which is no multiple of 16384 (the blocks of 4-bit quantisation); use method lora or dora',
  },
  {
    rule: 'adapters-that-only-torchtune-reads',
    cells: { save_adapter_weights_only: true },
    example: model('phi-4'),
    tells:
      '40:1: save_adapter_weights_only leaves of phi-4 only adapter_model.pt, which nothing but torchtune reads; set it to false, so that merged weights are written',
  },
];
