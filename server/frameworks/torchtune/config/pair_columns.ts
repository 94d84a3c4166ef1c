import { cellOfDataset, type PlannedDataset } from '../../../model/plan.ts';
import type { Draft } from './draft.ts';

/** The columns of each data set of pairs, by the key of its column_map, where the plan names none. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  preference_dataset: { chosen: 'chosen', rejected: 'rejected' },
  hh_rlhf_helpful_dataset: { chosen: 'chosen', rejected: 'rejected' },
  stack_exchange_paired_dataset: { prompt: 'question', chosen: 'response_j', rejected: 'response_k' },
};

/** torchtune takes a column_map only whole, so it is written whole. */
export function pairColumns(draft: Draft, dataset: PlannedDataset, component: string): void {
  const { format } = dataset;
  const columns = COLUMNS[component.split('.').at(-1) ?? ''];
  if (columns === undefined) {
    for (const name of ['chosen_column', 'rejected_column'] as const)
      if (dataset[name] !== undefined)
        draft.error(
          cellOfDataset(dataset, name),
          `format ${format} has no pairs, so it takes no ${name}`,
          'remove it, or use format preference',
        );
    return;
  }
  const names = { prompt: 'input_column', chosen: 'chosen_column', rejected: 'rejected_column' } as const;
  for (const [key, usual] of Object.entries(columns)) {
    const name = names[key as keyof typeof names];
    const column = dataset[name];
    draft.chosen(
      `dataset.column_map.${key}`,
      column === undefined ? { value: usual } : { value: column, at: cellOfDataset(dataset, name) },
    );
  }
  const [chosen, rejected] = [dataset.chosen_column ?? columns.chosen, dataset.rejected_column ?? columns.rejected];
  if (chosen === rejected)
    draft.error(
      cellOfDataset(dataset, dataset.rejected_column === undefined ? 'chosen_column' : 'rejected_column'),
      `chosen_column and rejected_column are both "${chosen}": no answer would be better than the other`,
      'name two columns',
    );
  if (dataset.output_column !== undefined || (dataset.input_column !== undefined && columns.prompt === undefined))
    draft.error(
      cellOfDataset(dataset, dataset.output_column === undefined ? 'input_column' : 'output_column'),
      `format ${format} has pairs of answers, not ${columns.prompt === undefined ? 'input_column and output_column' : 'an output_column'}`,
      'name its columns in chosen_column and rejected_column',
    );
}
