import { model, type RuleCase } from './rule_case.ts';

export const SHARDING_CASES: readonly RuleCase[] = [
  {
    rule: 'ac-mode-with-checkpointing',
    cells: { method: 'full', gpus: 2, activation_checkpointing: true, ac_mode: 'full' },
    tells: '40:4: ac_mode together with activation_checkpointing switches both off; set activation_checkpointing to false',
  },
  {
    rule: 'ac-option-needs-selective',
    cells: { method: 'full', gpus: 2, ac_option: 2 },
    tells: '40:3: ac_option has no effect unless ac_mode is selective; set ac_mode to selective, or remove ac_option',
  },
  {
    rule: 'selective-needs-ac-option',
    cells: { method: 'full', gpus: 2, ac_mode: 'selective' },
    tells: '40:3: ac_mode selective needs ac_option; set ac_option to the number n of "every n-th layer", or to op',
  },
  {
    rule: 'tensor-parallel-plan',
    cells: { method: 'full', gpus: 2, tensor_parallel_dim: 2 },
    tells: '40:3: tensor_parallel_dim needs a tensor parallel plan; set tensor_parallel_plan._component_, or remove it',
  },
  {
    rule: 'tensor-parallel-plan-alone',
    cells: { method: 'full', gpus: 2, 'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan' },
    tells: '40:3: tensor_parallel_plan has no effect without tensor_parallel_dim; set tensor_parallel_dim, or remove it',
  },
  {
    rule: 'tensor-parallel-devices',
    cells: {
      method: 'full',
      gpus: 6,
      tensor_parallel_dim: 4,
      'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan',
    },
    tells: '40:3: tensor_parallel_dim 4 does not divide the 6 GPUs of the run; use a divisor of 6',
  },
  {
    rule: 'tensor-parallel-heads',
    cells: {
      method: 'full',
      gpus: 16,
      tensor_parallel_dim: 16,
      'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan',
    },
    example: model('Llama-3.1-8B-Instruct'),
    tells: '40:3: tensor_parallel_dim 16 does not divide the 8 key/value heads of the model; use a divisor of 8',
  },
];
