import type { Framework } from '../model/framework.ts';
import { didYouMean } from '../model/nearest.ts';
import type { PlannedDataset } from '../model/plan.ts';
import type { Complaints } from './complaints.ts';
import type { PlanDocument, TableLines } from './document.ts';
import { columnsOf, eachRow, requiredColumn } from './plan_table.ts';
import { entryNameFault } from './read_models.ts';
import { DATASET_COLUMNS, OPTIONAL_DATASET_COLUMNS } from './table_columns.ts';

export function readDatasets(
  document: PlanDocument,
  table: TableLines,
  framework: Framework | undefined,
  complaints: Complaints,
): Map<string, PlannedDataset> {
  const datasets = new Map<string, PlannedDataset>();
  const columns = columnsOf(document, table, complaints);
  for (const { name, written, at } of columns)
    if (name !== '' && !DATASET_COLUMNS.some((known) => known === name))
      complaints.error(at, `unknown column "${written}" in Datasets`, didYouMean(name, DATASET_COLUMNS));
  const required = (name: string): number => requiredColumn(columns, name, 'Datasets', table, complaints);
  const [nameColumn, pathColumn, formatColumn] = [required('dataset'), required('path'), required('format')];
  const optional = OPTIONAL_DATASET_COLUMNS.map((key) => ({ key, column: columns.findIndex(({ name }) => name === key) }));

  eachRow(document, table, columns, complaints, (row) => {
    const name = row.text(nameColumn);
    const at = row.at(nameColumn);
    if (name === undefined) {
      if (nameColumn !== -1) complaints.error(at, 'a row of Datasets without a dataset', 'name the dataset, or remove the row');
      return;
    }
    const nameFault = entryNameFault(name);
    if (nameFault !== undefined) complaints.error(at, `"${name}" cannot name a dataset`, nameFault);
    const twin = datasets.get(name);
    if (twin !== undefined) {
      complaints.error(at, `duplicate dataset "${name}"`, `line ${twin.at.line} has it already; keep one`);
      return;
    }
    const path = row.text(pathColumn);
    const format = row.text(formatColumn);
    if (path === undefined && pathColumn !== -1)
      complaints.error(row.at(pathColumn), `dataset "${name}" has no path`, 'say where it lies on the cluster');
    if (format === undefined && formatColumn !== -1)
      complaints.error(
        row.at(formatColumn),
        `dataset "${name}" has no format`,
        'give instruct, chat, alpaca, completion, preference or a component',
      );
    const fault = format === undefined ? undefined : framework?.formatFault(format);
    if (format !== undefined && fault !== undefined)
      complaints.error(row.at(formatColumn), `dataset "${name}" cannot have the format "${format}"`, fault);
    const cells = new Map([
      ['path', row.at(pathColumn)],
      ['format', row.at(formatColumn)],
    ]);
    const dataset: PlannedDataset = { name, path: path ?? '', format: format ?? '', at, cells };
    for (const { key, column } of optional) {
      const text = row.text(column);
      if (text === undefined) continue;
      dataset[key] = text;
      cells.set(key, row.at(column));
    }
    datasets.set(name, dataset);
  });
  return datasets;
}
