import type { Framework } from '../model/framework.ts';
import { didYouMean, nearest } from '../model/nearest.ts';
import type { PlannedDataset, PlannedRun, RunType, Setting, Settings } from '../model/plan.ts';
import { runNameFault } from '../model/run_name.ts';
import type { Complaints } from './complaints.ts';
import type { PlanDocument, TableLines } from './document.ts';
import type { ModelNames } from './model_names.ts';
import { type Column, columnsOf, eachRow, type Row, requiredColumn } from './plan_table.ts';
import { type KnownSetting, knownSetting, noneIsUnclear, readValue } from './read_setting.ts';
import { RUN_COLUMNS } from './table_columns.ts';

interface Known {
  framework: Framework | undefined;
  names: ModelNames;
  datasets: ReadonlyMap<string, PlannedDataset>;
}

const NOTHING_SET: Settings = new Map();

function settingColumns(columns: readonly Column[], framework: Framework | undefined, complaints: Complaints) {
  const found: { column: number; setting: KnownSetting }[] = [];
  for (const [column, { name, written, at }] of columns.entries()) {
    if (name === '' || RUN_COLUMNS.some((known) => known === name)) continue;
    const setting = knownSetting(written, framework, RUN_COLUMNS);
    if ('fix' in setting) complaints.error(at, `unknown column "${written}" in Runs`, setting.fix);
    else found.push({ column, setting });
  }
  return found;
}

/** `Fine Tune`, `finetune` and `fine-tune` are one type. */
function runType(text: string | undefined): RunType | undefined {
  const word = text?.toLowerCase().replace(/[\s_-]/g, '') ?? 'finetune';
  return word === 'finetune' ? 'fine-tune' : word === 'base' ? 'base' : undefined;
}

export function readRuns(document: PlanDocument, table: TableLines, known: Known, complaints: Complaints): PlannedRun[] {
  const { framework, names, datasets } = known;
  const columns = columnsOf(document, table, complaints);
  const index = (name: string): number => columns.findIndex((column) => column.name === name);
  const nameColumn = requiredColumn(columns, 'run', 'Runs', table, complaints);
  const modelColumn = requiredColumn(columns, 'model', 'Runs', table, complaints);
  const [typeColumn, datasetColumn] = [index('type'), index('dataset')];
  const settings = settingColumns(columns, framework, complaints);
  const runs: PlannedRun[] = [];
  const lineOfName = new Map<string, number>();

  const readName = (row: Row): string => {
    const name = row.text(nameColumn);
    if (name === undefined) {
      if (nameColumn !== -1) complaints.error(row.at(nameColumn), 'a run without a name', 'name it, or remove the row');
      return '';
    }
    const fault = runNameFault(name);
    if (fault !== undefined) complaints.error(row.at(nameColumn), `"${name}" cannot name a run`, fault);
    const twin = lineOfName.get(name.toLowerCase());
    if (twin !== undefined)
      complaints.error(
        row.at(nameColumn),
        `duplicate run "${name}"`,
        `line ${twin} has that name already (case does not count); give each run a name of its own`,
      );
    else lineOfName.set(name.toLowerCase(), row.line);
    return name;
  };

  const readModel = (row: Row, name: string): string => {
    const written = row.text(modelColumn);
    if (written === undefined) {
      if (modelColumn !== -1) complaints.error(row.at(modelColumn), `run "${name}" has no model`, 'name its model');
      return '';
    }
    return names.read(written, row.at(modelColumn));
  };

  const checkDataset = (row: Row, name: string, type: RunType): string | undefined => {
    const dataset = row.text(datasetColumn);
    const at = row.at(datasetColumn === -1 ? nameColumn : datasetColumn);
    if (type === 'base') {
      if (dataset !== undefined)
        complaints.error(at, `base run "${name}" has a dataset`, 'a base run is never trained: write -, or make its type fine-tune');
    } else if (dataset === undefined) {
      complaints.error(at, `fine-tune run "${name}" has no dataset`, 'name one of Datasets, or make its type base');
    } else if (!datasets.has(dataset)) {
      const near = nearest(dataset, [...datasets.keys()]);
      complaints.error(
        at,
        `dataset "${dataset}" has no row in Datasets`,
        near === undefined ? 'add a row with its path and format' : `did you mean "${near}"?`,
      );
    }
    return dataset;
  };

  eachRow(document, table, columns, complaints, (row) => {
    const name = readName(row);
    const written = row.text(typeColumn);
    const type = runType(written) ?? 'fine-tune';
    const typeIsKnown = runType(written) !== undefined;
    if (!typeIsKnown) complaints.error(row.at(typeColumn), `unknown type "${written}"`, didYouMean(written ?? '', ['fine-tune', 'base']));
    const model = readModel(row, name);
    const dataset = typeIsKnown ? checkDataset(row, name, type) : undefined;
    let own: Map<string, Setting> | undefined;
    for (const { column, setting } of settings) {
      const text = row.text(column);
      const at = row.at(column);
      if (type === 'fine-tune' && row.saysNone(column)) noneIsUnclear(setting, at, complaints);
      if (text === undefined) continue;
      if (type === 'base' && setting.definition?.side !== 'job') {
        complaints.error(at, `base run "${name}" has ${setting.name}`, 'a base run is never trained: write -, or make its type fine-tune');
        continue;
      }
      const value = readValue(setting, text, at, complaints);
      own ??= new Map();
      if (value !== undefined) own.set(setting.name, { value: names.inSetting(setting.name, value, at), at });
    }
    runs.push({ name, type, model, ...(dataset === undefined ? {} : { dataset }), own: own ?? NOTHING_SET, at: row.at(nameColumn) });
  });
  if (runs.length === 0)
    complaints.error({ line: table.headerLine, column: 1 }, 'the table under "Runs" has no runs', 'add a row for each run');
  return runs;
}
