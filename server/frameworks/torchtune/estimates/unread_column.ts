import type { DataFault, DataFinding } from '../../../model/data_set.ts';
import { at, stringAt, type Tree } from '../reading/config_tree.ts';

const ALPACA = ['instruction', 'input', 'output'];

/** Rows of the Alpaca kind have an input and an output, too, so that format instruct reads them, without what was asked. */
export function unreadColumn(tree: Tree, { columns }: DataFinding): DataFault[] {
  const instruct = stringAt(tree, 'dataset._component_') === 'torchtune.datasets.instruct_dataset';
  // Whoever named the columns has chosen them.
  if (!instruct || at(tree, 'dataset.column_map') !== undefined || !ALPACA.every((name) => columns.includes(name))) return [];
  return [
    {
      severity: 'warning',
      what: 'the rows have "instruction", "input" and "output", and format instruct reads "input" and "output" alone: no instruction would be trained on',
      fix: 'set format to alpaca under "## Datasets", or name the two columns that are meant in input_column and output_column',
    },
  ];
}
