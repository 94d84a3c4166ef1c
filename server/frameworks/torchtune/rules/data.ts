import { didYouMean } from '../../../model/nearest.ts';
import { columnsOf } from '../keys/columns.ts';
import { dotted } from '../keys/value_kinds.ts';
import { DEFAULT_VERSION } from '../versions/dialect.ts';
import { component, isSet, type Judged, numberOf, type Rule, stringOf, type Words } from './rule.ts';

const CHATML = 'torchtune.data.ChatMLTemplate';
const MISTRAL = 'torchtune.models.mistral.MistralChatTemplate';

/** Names that torchtune has for a key whose value is no component. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'tokenizer.prompt_template': [
    CHATML,
    'torchtune.data.GrammarErrorCorrectionTemplate',
    'torchtune.data.QuestionAnswerTemplate',
    'torchtune.data.SummarizeTemplate',
    'torchtune.models.llama2.Llama2ChatTemplate',
    MISTRAL,
  ],
  collate_fn: [
    'torchtune.data.padded_collate_sft',
    'torchtune.data.padded_collate_dpo',
    'torchtune.data.padded_collate_packed',
    'torchtune.data.padded_collate_tiled_images_and_mask',
    'torchtune.data.padded_collate',
    'torchtune.data.left_pad_sequence',
  ],
  'tensor_parallel_plan._component_': ['torchtune.models.llama3.base_llama_tp_plan'],
};
const NAMES_OF_NIGHTLY: typeof NAMES = { 'tensor_parallel_plan._component_': ['torchtune.models.llama4.decoder_only_tp_plan'] };

function unknownName(config: Judged): Words | undefined {
  for (const [key, both] of Object.entries(NAMES)) {
    const name = stringOf(config, key);
    const more = NAMES_OF_NIGHTLY[key] ?? [];
    const names = config.version === DEFAULT_VERSION ? both : [...both, ...more];
    if (name !== '' && !dotted.fits(name)) {
      const text = key === 'tokenizer.prompt_template' ? '; a text of your own goes into the setting prompt' : '';
      return { name, mend: `write the dotted name of a component, such as ${names[0]}${text}` };
    }
    if (!name.startsWith('torchtune.') || names.includes(name)) continue;
    return { name, mend: more.includes(name) ? 'torchtune nightly has it (framework_version: nightly)' : didYouMean(name, names) };
  }
  return undefined;
}

function lackingColumn(config: Judged): Words | undefined {
  const columns = columnsOf(component(config, 'dataset'));
  if (columns === undefined || !columns.known.some((name) => isSet(config, `dataset.column_map.${name}`))) return undefined;
  const lacking = columns.needed.find((name) => !isSet(config, `dataset.column_map.${name}`));
  return lacking === undefined ? undefined : { lacking };
}

export const DATA_RULES: readonly Rule[] = [
  {
    name: 'length-within-the-model',
    why: 'A longer sample has positions that the model does not know.',
    torchtune: '`ValueError: seq_len (187) of input tensor should be smaller than max_seq_len (64)`, at the first batch with such a sample',
    what: '{tokenizer.max_seq_len} {=tokenizer.max_seq_len} is above the {most} tokens that {name} takes',
    fix: 'use at most {most}',
    at: ['tokenizer.max_seq_len'],
    broken: (config) => {
      const { model } = config;
      const length = numberOf(config, 'tokenizer.max_seq_len');
      return (
        model !== undefined && length !== undefined && length > model.max_seq_len && { most: model.max_seq_len, name: model.names[0] ?? '' }
      );
    },
  },
  {
    name: 'collator-for-training',
    why: 'Collators for generation, pairs or packs end at the first batch.',
    torchtune: '`RuntimeError: left_pad_sequence collator is only for inference.`',
    what: 'collate_fn {=collate_fn} is not for this training',
    fix: 'remove it',
    at: ['collate_fn'],
    broken: (config) =>
      /^torchtune\.data\.(?:left_pad_sequence|padded_collate|padded_collate_dpo|padded_collate_packed)$/.test(
        stringOf(config, 'collate_fn'),
      ),
  },
  {
    name: 'names-of-torchtune',
    why: 'The name is looked up when the job has read its weights.',
    torchtune: "`InstantiationError: Error loading 'torchtune.data.QuestionAnswerTemplat'`",
    what: 'torchtune has no "{name}" for this',
    fix: '{mend}',
    at: ['tokenizer.prompt_template', 'collate_fn', 'tensor_parallel_plan._component_'],
    broken: unknownName,
  },
  {
    name: 'mistral-without-system-prompt',
    why: "Mistral's template has no place for one, and its tokenizer takes that template unless told otherwise.",
    torchtune: '`ValueError: System prompts are not supported in MistralChatTemplate`',
    what: "Mistral's template takes no system prompt",
    fix: 'remove the system_prompt, or give a prompt_template of your own',
    at: ['dataset.new_system_prompt'],
    broken: (config) => {
      const template = config.value('tokenizer.prompt_template');
      const roles = ['system', 'user', 'assistant', 'ipython'].some(
        (role) => config.value(`tokenizer.prompt_template.${role}`) !== undefined,
      );
      const byDefault = template === undefined && !roles && component(config, 'tokenizer').includes('mistral');
      return isSet(config, 'dataset.new_system_prompt') && (byDefault || template === MISTRAL);
    },
  },
  {
    name: 'qwen-without-chatml',
    why: "Qwen's tokenizer writes these marks by itself.",
    torchtune:
      '`AssertionError: Using ChatMLTemplate with tokenize_messages will result in multiple <|im_*|> tokens wrapping each message.`',
    what: "Qwen's tokenizer writes the marks of ChatMLTemplate itself",
    fix: 'remove the prompt_template',
    at: ['tokenizer.prompt_template'],
    broken: (config) => stringOf(config, 'tokenizer.prompt_template') === CHATML && component(config, 'tokenizer').includes('qwen'),
  },
  {
    name: 'template-of-plain-text',
    why: 'Plain text has no messages to put a template around.',
    torchtune: 'Says nothing, and ignores it.',
    what: 'format completion takes no prompt_template',
    fix: 'remove it, or use format instruct',
    at: ['tokenizer.prompt_template'],
    weight: 'no effect',
    broken: (config) =>
      config.given('tokenizer.prompt_template') &&
      isSet(config, 'tokenizer.prompt_template') &&
      component(config, 'dataset') === 'torchtune.datasets.text_completion_dataset',
  },
  {
    name: 'whole-column-map',
    why: 'A column_map replaces the usual names altogether.',
    torchtune: "`ValueError: Expected a key of 'output' in column_map but found dict_keys(['input']).`",
    what: 'dataset.column_map lacks "{lacking}", and torchtune fills in nothing once there is a column_map',
    fix: 'set dataset.column_map.{lacking}',
    at: ['dataset.column_map.input', 'dataset.column_map.output', 'dataset.column_map.conversations'],
    broken: lackingColumn,
  },
];
