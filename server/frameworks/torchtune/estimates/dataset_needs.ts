import type { DataNeed } from '../../../model/data_set.ts';
import { READERS } from '../keys/data_readers.ts';
import { at, numberAt, readTree, stringAt, type Tree } from '../reading/config_tree.ts';
import { rolesTaken } from './message_roles.ts';

/** The text columns of each component, by the key of its column_map, as torchtune 0.6.1 reads them. */
const TEXTS: Readonly<
  Record<string, { texts: readonly string[]; optional?: readonly string[]; anything?: readonly string[]; answer: string }>
> = {
  instruct_dataset: { texts: ['input', 'output'], answer: 'output' },
  alpaca_dataset: { texts: ['instruction', 'output'], optional: ['input'], anything: ['instruction'], answer: 'output' },
  alpaca_cleaned_dataset: { texts: ['instruction', 'output'], optional: ['input'], anything: ['instruction'], answer: 'output' },
};
/** A prompt template by name puts about so much around a row. */
const TEMPLATE_BYTES = 40;

type Columns = Pick<
  DataNeed,
  'texts' | 'anything' | 'null_is_empty' | 'plain' | 'optional' | 'conversations' | 'style' | 'answer' | 'either'
>;

const PAIR = ['chosen', 'rejected'];

/** What a config reads: one need for each data set of it. */
export const dataNeeds = (config: string): DataNeed[] => needsOf(readTree(config, 'the config'));

/** A config may name several data sets, which are read one after the other. */
export function datasetNodes(tree: Tree): Tree[] {
  const { dataset } = tree;
  const nodes: readonly unknown[] = Array.isArray(dataset) ? dataset : [dataset];
  return nodes.filter((node): node is Tree => typeof node === 'object' && node !== null);
}

export const needsOf = (tree: Tree): DataNeed[] => datasetNodes(tree).map((node) => needOf({ ...tree, dataset: node }));

function needOf(tree: Tree): DataNeed {
  const source = stringAt(tree, 'dataset.source') ?? '';
  const reader = READERS.find((name) => name === source);
  const folder = reader === undefined && source.startsWith('/');
  const named = filesOf(at(tree, 'dataset.data_files'));
  const files = folder ? [source] : reader === undefined ? [] : named;
  const length = numberAt(tree, 'tokenizer.max_seq_len');
  const delimiter = stringAt(tree, 'dataset.delimiter');
  const field = stringAt(tree, 'dataset.field');
  const split = stringAt(tree, 'dataset.split');
  const tokenizer = stringAt(tree, 'checkpointer.checkpoint_dir');
  const columns = columnsOf(tree);
  const roles = columns.conversations.length > 0 ? rolesTaken(tree) : undefined;
  return {
    files,
    ...(folder && { folder }),
    ...(files.length === 0 && { hub: source }),
    reader: reader ?? 'json',
    ...(delimiter !== undefined && { delimiter }),
    ...(field !== undefined && { field }),
    ...(split !== undefined && { split }),
    ...columns,
    ...(roles !== undefined && { roles }),
    extra_bytes: columns.plain === true ? 0 : extraBytes(tree),
    ...(length !== undefined && { max_tokens: length }),
    batch: numberAt(tree, 'batch_size') ?? 1,
    split_across: componentOf(tree) === 'text_completion_dataset' && at(tree, 'dataset.split_across_pack') !== false,
    ...(tokenizer !== undefined && { tokenizer_dir: tokenizer }),
  };
}

const componentOf = (tree: Tree): string => (stringAt(tree, 'dataset._component_') ?? '').split('.').at(-1) ?? '';

const filesOf = (files: unknown): string[] =>
  typeof files === 'string' ? [files] : Array.isArray(files) ? files.filter((file) => typeof file === 'string') : [];

function columnsOf(tree: Tree): Columns {
  const component = componentOf(tree);
  const mapped = (name: string): string => stringAt(tree, `dataset.column_map.${name}`) ?? name;
  const none = { texts: [], optional: [], conversations: [] };
  const known = TEXTS[component];
  if (known !== undefined) {
    const { texts, optional = [], anything, answer } = known;
    return {
      texts: texts.map(mapped),
      optional: optional.map(mapped),
      ...(anything !== undefined && { anything: anything.map(mapped) }),
      conversations: [],
      answer: mapped(answer),
    };
  }
  if (component === 'text_completion_dataset') {
    const column = stringAt(tree, 'dataset.column') ?? 'text';
    // Its tokenizer alone makes no tokens of a null; to the others it is an error.
    const lenient = (stringAt(tree, 'tokenizer._component_') ?? '').includes('.llama3');
    return { ...none, texts: [column], answer: column, plain: true, ...(lenient && { null_is_empty: true }) };
  }
  if (component === 'chat_dataset') {
    const style = stringAt(tree, 'dataset.conversation_style') === 'sharegpt' ? 'sharegpt' : 'openai';
    return { ...none, conversations: [stringAt(tree, 'dataset.conversation_column') ?? 'messages'], style };
  }
  const either = PAIR.map(mapped);
  if (component === 'preference_dataset' || component === 'hh_rlhf_helpful_dataset')
    return { ...none, conversations: either, either, style: 'openai' };
  if (component === 'stack_exchange_paired_dataset') return { ...none, texts: [mapped('prompt'), ...either], either };
  return none;
}

/** Around every row: the system prompt, and the prompt as a pair of texts or by a template's name. */
function extraBytes(tree: Tree): number {
  const system = stringAt(tree, 'dataset.new_system_prompt') ?? '';
  const template = at(tree, 'tokenizer.prompt_template');
  const texts: unknown[] = typeof template === 'object' && template !== null ? Object.values(template).flat() : [];
  const around =
    typeof template === 'string' ? TEMPLATE_BYTES : texts.reduce<number>((sum, text) => sum + Buffer.byteLength(String(text)), 0);
  return Buffer.byteLength(system) + around;
}
