import type { Edits } from '../rule_cases/rule_case.ts';

/** Values that we refuse, and how torchtune ends with them. */
export const WRONG_VALUES: Readonly<Record<string, { edits: Edits; ended: string }>> = {
  'a misspelt loss of torch': {
    edits: { loss: { _component_: 'torch.nn.CrossEntropyLos' } },
    ended: "Are you sure that 'CrossEntropyLos' is importable from module 'torch.nn'?",
  },
  'num_layers: 0': { edits: { 'model.num_layers': 0 }, ended: 'AssertionError: Unexpected key loading base model' },
  'intermediate_dim: -5': {
    edits: { 'model.intermediate_dim': -5 },
    ended: 'RuntimeError: Trying to create tensor with negative dimension',
  },
  'log_every_n_steps: 0': { edits: { log_every_n_steps: 0 }, ended: 'ZeroDivisionError' },
  'optimizer.lr: abc': { edits: { 'optimizer.lr': 'abc' }, ended: "TypeError: '<=' not supported between instances of 'float' and 'str'" },
  'optimizer.lr: -0.1': { edits: { 'optimizer.lr': -0.1 }, ended: 'ValueError: Invalid learning rate: -0.1' },
  'optimizer.betas as texts': { edits: { 'optimizer.betas': ['0.9', '0.95'] }, ended: 'TypeError' },
  'optimizer.betas: 0.9': { edits: { 'optimizer.betas': 0.9 }, ended: 'TypeError' },
  'optimizer.betas: [0.9, 1]': { edits: { 'optimizer.betas': [0.9, 1] }, ended: 'ValueError: Invalid beta parameter at index 1: 1' },
  'epochs: "2"': { edits: { epochs: '2' }, ended: 'TypeError' },
  'batch_size: 0': { edits: { batch_size: 0 }, ended: 'ValueError: batch_size should be a positive integer value, but got batch_size=0' },
  'seed: -1': { edits: { seed: -1 }, ended: 'ValueError: Invalid seed value provided: -1.' },
  'lora_rank: 0': { edits: { 'model.lora_rank': 0 }, ended: 'ZeroDivisionError' },
  'o_proj in lora_attn_modules': {
    edits: { 'model.lora_attn_modules': ['q_proj', 'o_proj'] },
    ended: 'ValueError: Unknown target module o_proj',
  },
  'max_filename without quotes': {
    edits: { 'checkpointer.checkpoint_files': { filename_format: 'model-{}-of-{}.safetensors', max_filename: 4 } },
    ended: 'ValueError: `max_filename` must be a string',
  },
  'one {} in filename_format': {
    edits: { 'checkpointer.checkpoint_files': { filename_format: 'model-{}.safetensors', max_filename: '00004' } },
    ended: 'ValueError: Filename format string must have exactly two placeholders',
  },
  'cudnn_deterministic_mode: sometimes': {
    edits: { cudnn_deterministic_mode: 'sometimes' },
    ended: 'RuntimeError: invalid value of debug_mode, expected one of `default`, `warn`, `error`',
  },
  'an unknown model_type': { edits: { 'checkpointer.model_type': 'LLAMA33' }, ended: "KeyError: 'LLAMA33'" },
  'an unknown column in column_map': {
    edits: { 'dataset.column_map': { inputs: 'input', output: 'output' } },
    ended: "ValueError: Expected a key of 'input' in column_map but found",
  },
  'an unknown argument of the optimizer': { edits: { 'optimizer.lrr': 1 }, ended: 'TypeError' },
};
