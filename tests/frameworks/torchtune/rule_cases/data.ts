import type { RuleCase } from './rule_case.ts';

export const DATA_CASES: readonly RuleCase[] = [
  {
    rule: 'length-within-the-model',
    cells: { max_seq_len: 200000 },
    tells: '40:1: max_seq_len 200000 is above the 131072 tokens that Llama-3.2-1B-Instruct takes; use at most 131072',
  },
  {
    rule: 'collator-for-training',
    cells: { collate_fn: 'torchtune.data.left_pad_sequence' },
    tells: '40:1: collate_fn torchtune.data.left_pad_sequence is not for this training; remove it',
  },
  {
    rule: 'collator-for-training',
    cells: { collate_fn: 'torchtune.data.padded_collate_dpo' },
    tells: '40:1: collate_fn torchtune.data.padded_collate_dpo is not for this training; remove it',
  },
  {
    rule: 'names-of-torchtune',
    example: { dataset: { prompt_template: 'torchtune.data.QuestionAnswerTemplat' } },
    tells: '20:1: torchtune has no "torchtune.data.QuestionAnswerTemplat" for this; did you mean "torchtune.data.QuestionAnswerTemplate"?',
  },
  {
    rule: 'names-of-torchtune',
    example: { dataset: { prompt_template: 'Q: {input} A:' } },
    tells:
      '20:1: torchtune has no "Q: {input} A:" for this; write the dotted name of a component, such as torchtune.data.ChatMLTemplate; a text of your own goes into the setting prompt',
  },
  {
    rule: 'names-of-torchtune',
    cells: {
      method: 'full',
      gpus: 2,
      tensor_parallel_dim: 2,
      'tensor_parallel_plan._component_': 'torchtune.models.llama4.decoder_only_tp_plan',
      'optimizer.fused': false,
    },
    tells:
      '40:4: torchtune has no "torchtune.models.llama4.decoder_only_tp_plan" for this; torchtune nightly has it (framework_version: nightly)',
  },
  {
    rule: 'mistral-without-system-prompt',
    example: { model: 'Mistral-7B-v0.1', dataset: { system_prompt: 'Be brief.' } },
    tells: "20:1: Mistral's template takes no system prompt; remove the system_prompt, or give a prompt_template of your own",
  },
  {
    rule: 'qwen-without-chatml',
    example: { model: 'Qwen2.5-7B-Instruct', dataset: { prompt_template: 'torchtune.data.ChatMLTemplate' } },
    tells: "20:1: Qwen's tokenizer writes the marks of ChatMLTemplate itself; remove the prompt_template",
  },
  {
    rule: 'template-of-plain-text',
    example: { dataset: { format: 'completion', prompt_template: 'torchtune.data.QuestionAnswerTemplate' } },
    tells: '20:1: format completion takes no prompt_template; remove it, or use format instruct',
  },
  {
    rule: 'whole-column-map',
    cells: { 'dataset.column_map.input': 'question' },
    tells:
      '40:1: dataset.column_map lacks "output", and torchtune fills in nothing once there is a column_map; set dataset.column_map.output',
  },
  {
    rule: 'arguments-of-the-reader',
    cells: { 'dataset.delimiter': ';' },
    tells: '40:1: dataset.delimiter is nothing that the reader of json takes; it is for csv; remove it',
  },
  {
    rule: 'split-of-a-file',
    cells: { 'dataset.split': 'validation' },
    tells: '40:1: a file has only the split "train", not "validation"; leave split empty and name the part of the file in field',
  },
  {
    rule: 'slice-of-a-file',
    example: { dataset: { split: 'train[3]' } },
    tells: '20:1: the split "train[3]" cannot be read by datasets; write it as train[:1000], train[1000:] or train[10%:20%]',
  },
];
