import type { DataNeed } from '../../../model/data_set.ts';
import { didYouMean } from '../../../model/nearest.ts';
import { cellOfDataset, type PlannedDataset, type Position, type Settings } from '../../../model/plan.ts';
import { dotted } from '../keys/value_kinds.ts';
import type { Dialect } from '../versions/dialect.ts';
import type { Choices } from './choices.ts';
import type { Draft } from './draft.ts';
import { isPreferenceData } from './objective.ts';
import { pairColumns } from './pair_columns.ts';
import { promptSection, textOfPlan } from './prompt_section.ts';

const COMPONENT_OF_FORMAT: Readonly<Record<string, string>> = {
  instruct: 'torchtune.datasets.instruct_dataset',
  chat: 'torchtune.datasets.chat_dataset',
  alpaca: 'torchtune.datasets.alpaca_dataset',
  completion: 'torchtune.datasets.text_completion_dataset',
  preference: 'torchtune.datasets.preference_dataset',
};
const FORMATS = Object.keys(COMPONENT_OF_FORMAT);

/** Readers of `datasets.load_dataset` by the file's ending. */
const READER_OF_ENDING: Readonly<Record<string, DataNeed['reader']>> = {
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  csv: 'csv',
  tsv: 'csv',
  parquet: 'parquet',
  txt: 'text',
};

/** undefined when `format` can be trained on, else why not. */
export function formatFault(dialect: Dialect, format: string): string | undefined {
  if (FORMATS.includes(format)) return undefined;
  if (!format.includes('.')) return `"${format}" is no format; ${didYouMean(format, FORMATS)}`;
  if (!dotted.fits(format)) return `"${format}" is no dotted name of a component`;
  if (!format.startsWith('torchtune.') || dialect.argumentsOf(format) !== undefined) return undefined;
  return `torchtune has no data set component "${format}"; ${didYouMean(format, dialect.componentsOf('dataset'))}`;
}

export function datasetSection(draft: Draft, dataset: PlannedDataset, settings: Settings, choices: Choices, row: Position): void {
  const component = COMPONENT_OF_FORMAT[dataset.format] ?? dataset.format;
  const arguments_ = draft.dialect.argumentsOf(component);
  const takes = (name: string): boolean => arguments_ === undefined || arguments_.includes(name);
  draft.fixed('dataset._component_', component);
  sourceOf(draft, dataset);
  pairColumns(draft, dataset, component);
  if (!isPreferenceData(dataset.format)) columnsOf(draft, dataset, component, settings);
  if (dataset.system_prompt !== undefined) {
    const cell = cellOfDataset(dataset, 'system_prompt');
    if (takes('new_system_prompt')) {
      const value = textOfPlan(draft, 'system_prompt', dataset.system_prompt, cell);
      draft.chosen('dataset.new_system_prompt', { value, at: cell });
    } else draft.error(cell, `format ${dataset.format} takes no system_prompt`, 'remove it, or use format instruct, chat or preference');
  }
  for (const [key, name, chosen] of [
    ['train_on_input', 'train_on_input', choices.trainOnInput],
    ['packed', 'packed', choices.packed],
  ] as const) {
    if (takes(key)) draft.chosen(`dataset.${key}`, chosen);
    // Pairs have a rule of their own, and what is not packed needs no word.
    else if (chosen.at !== undefined && (key !== 'packed' || (chosen.value && !isPreferenceData(dataset.format))))
      draft.error(chosen.at, `format ${dataset.format} takes no ${name}`, 'remove it');
  }
  promptSection(draft, dataset, choices, row);
}

function sourceOf(draft: Draft, dataset: PlannedDataset): void {
  const { path } = dataset;
  const ending = /\.([A-Za-z]+)(?:\.(?:gz|zst|bz2|xz))?$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const reader = READER_OF_ENDING[ending];
  draft.fixed('dataset.source', reader ?? path);
  if (reader !== undefined) {
    if (!path.startsWith('/'))
      draft.error(
        cellOfDataset(dataset, 'path'),
        `the path "${path}" of data set ${dataset.name} is relative, and would be looked for in the run's folder`,
        'give the absolute path on the cluster',
      );
    draft.fixed('dataset.data_files', path);
    if (ending === 'tsv') draft.fixed('dataset.delimiter', '\t');
  }
  if (dataset.field !== undefined) draft.chosen('dataset.field', { value: dataset.field, at: cellOfDataset(dataset, 'field') });
  draft.fixed('dataset.split', dataset.split ?? 'train', dataset.split === undefined ? undefined : cellOfDataset(dataset, 'split'));
}

function columnsOf(draft: Draft, dataset: PlannedDataset, component: string, settings: Settings): void {
  const { input_column: input, output_column: output, format } = dataset;
  const at = cellOfDataset(dataset, input === undefined ? 'output_column' : 'input_column');
  const one = (key: string, fallback: string): void => {
    draft.chosen(key, input === undefined ? { value: fallback } : { value: input, at });
    if (output !== undefined)
      draft.error(cellOfDataset(dataset, 'output_column'), `format ${format} has no output column`, 'leave output_column empty');
  };
  if (format === 'completion') {
    one('dataset.column', 'text');
    return;
  }
  if (format === 'chat') {
    const said = settings.get('dataset.conversation_style')?.value;
    one('dataset.conversation_column', said === 'sharegpt' ? 'conversations' : 'messages');
    if (said === undefined) draft.chosen('dataset.conversation_style', { value: input === 'conversations' ? 'sharegpt' : 'openai' });
    return;
  }
  if (input === undefined && output === undefined) return;
  if (format === 'alpaca' && input !== undefined) {
    draft.error(
      at,
      'alpaca has the columns instruction, input and output, so input_column is unclear',
      'set dataset.column_map.instruction or dataset.column_map.input',
    );
    return;
  }
  if (draft.dialect.argumentsOf(component)?.includes('column_map') === false) {
    draft.error(at, `format ${format} takes no input_column or output_column`, 'leave them empty');
    return;
  }
  if ((input ?? 'input') === (output ?? 'output'))
    draft.error(
      cellOfDataset(dataset, output === undefined ? 'input_column' : 'output_column'),
      `input_column and output_column are both "${output ?? 'output'}": it would learn to repeat its input`,
      'name two columns',
    );
  if (format !== 'alpaca') draft.chosen('dataset.column_map.input', { value: input ?? 'input', at });
  draft.chosen('dataset.column_map.output', {
    value: output ?? 'output',
    at: output === undefined ? at : cellOfDataset(dataset, 'output_column'),
  });
}
