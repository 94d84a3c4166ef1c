import { quantisationFault } from '../config/llama3_builder.ts';
import { component, isLora, isQuantised, isTrue, type Rule } from './rule.ts';

const OUTPUT = 'model.apply_lora_to_output';

export const LORA_RULES: readonly Rule[] = [
  {
    name: 'tied-output',
    why: 'The output layer is the embedding itself, so it cannot get an adapter of its own.',
    torchtune:
      '`ValueError: apply_lora_to_output is currently not supporting in llama3.2 1b and 3b,as the projection layer weights are tied to the embeddings`; of Gemma, `TypeError: lora_gemma_2b() got an unexpected keyword argument`',
    what: '{model.lora_attn_modules} has "output", but the output layer of {name} is tied to its embeddings',
    fix: 'remove "output"',
    at: [OUTPUT],
    broken: (config) => {
      const { model, known } = config;
      const taken = known.argumentsOf(component(config, 'model'))?.includes('apply_lora_to_output') ?? true;
      return isTrue(config, OUTPUT) && model !== undefined && (model.tied || !taken) && { name: model.names[0] ?? '' };
    },
  },
  {
    name: 'lora-needs-attention',
    why: 'The LoRA builders want at least one projection of the attention.',
    torchtune: "`ValueError: Must pass one or more of typing.Literal['q_proj', 'k_proj', 'v_proj', 'output_proj'] as lora_modules`",
    what: '{model.lora_attn_modules} names no attention layer, and torchtune needs one',
    fix: 'add q_proj, k_proj, v_proj or output_proj',
    at: ['model.lora_attn_modules'],
    broken: (config) => {
      const modules = config.value('model.lora_attn_modules');
      return isLora(config) && Array.isArray(modules) && modules.length === 0;
    },
  },
  {
    name: 'whole-quantised-blocks',
    why: '4-bit weights are stored in blocks of 64 scalers of 256 blocks.',
    torchtune: '`AssertionError: Number of scalers must be divisible by scaler block size, got 64 scaler_block_size 256`',
    what: 'method qlora cannot be used with this model: {fault}',
    fix: 'use method lora or dora',
    at: ['model._component_', 'model.quantize_base'],
    broken: (config) => {
      const fault = config.model?.sizes !== undefined && isQuantised(config) ? quantisationFault(config.model.sizes) : undefined;
      return fault !== undefined && { fault };
    },
  },
  {
    name: 'adapters-that-only-torchtune-reads',
    why: 'torchtune 0.6.1 writes no PEFT files for Phi-3 and Phi-4.',
    torchtune: 'Says so in one line of the log, and writes adapter_model.pt alone.',
    what: 'save_adapter_weights_only leaves of {name} only adapter_model.pt, which nothing but torchtune reads',
    fix: 'set it to false, so that merged weights are written',
    at: ['save_adapter_weights_only'],
    weight: 'warning',
    broken: ({ model, value }) =>
      (model?.model_type === 'PHI3_MINI' || model?.model_type === 'PHI4') &&
      value('save_adapter_weights_only') === true && { name: model.names[0] ?? '' },
  },
];
