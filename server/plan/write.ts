import { stringify } from 'yaml';
import { canonicalSetting, SETTINGS } from '../model/settings.ts';
import { cellOf } from './cell_value.ts';
import type { InputValue, PlanInput } from './input.ts';
import { DATASET_COLUMNS, RUN_COLUMNS } from './table_columns.ts';

type Entry = Readonly<Record<string, InputValue | undefined>>;

/** A GFM table whose columns line up, as people like to read it. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((name, at) => rows.reduce((width, row) => Math.max(width, (row[at] ?? '').length), Math.max(3, name.length)));
  const line = (cells: readonly string[]): string => `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)];
}

export function renderEntries(entries: readonly Entry[], always: readonly string[], order: readonly string[]): string[] {
  const columns = columnsFor(entries, always, order);
  return renderTable(
    columns,
    entries.map((entry) => columns.map((column) => cellOf(column, entry[column]))),
  );
}

/** The columns that are always there, then what is set anywhere: known names in their order, others as they come. */
function columnsFor(entries: readonly Entry[], always: readonly string[], order: readonly string[]): string[] {
  const set = new Set(entries.flatMap((entry) => Object.keys(entry).filter((key) => entry[key] !== undefined && entry[key] !== null)));
  for (const key of always) set.delete(key);
  const known = order.filter((key) => set.delete(key));
  return [...always, ...known, ...set];
}

/** Known settings get their canonical name, so that `LoRA Rank` and `lora_rank` share a column. */
export function canonicalKeys<T extends Entry>(entry: T): T {
  const named = Object.entries(entry).map(([key, value]) => {
    const name = canonicalSetting(key);
    return [Object.hasOwn(SETTINGS, name) || RUN_COLUMNS.some((column) => column === name) ? name : key, value];
  });
  return Object.fromEntries(named) as T;
}

export const SETTING_ORDER = Object.keys(SETTINGS);

export const renderModels = (models: readonly Entry[]): string[] => renderEntries(models, ['model'], ['path', 'builder']);
export const renderDatasets = (datasets: readonly Entry[]): string[] =>
  renderEntries(datasets, ['dataset', 'path', 'format'], DATASET_COLUMNS);

export function renderDefaults(defaults: Entry): string[] {
  const set = canonicalKeys(defaults);
  const names = columnsFor([set], [], SETTING_ORDER);
  return renderTable(
    ['setting', 'value'],
    names.map((name) => [name, cellOf(name, set[name])]),
  );
}

/** A new plan. What it says is checked by reading it back with `parsePlan`. */
export function writePlan(input: PlanInput): string {
  const { experiment, framework = 'torchtune', framework_version, cluster = 'local', created } = input;
  const runs = input.runs.map((run) => ({ ...canonicalKeys(run), type: run.type ?? 'fine-tune' }));
  const lines = [
    '---',
    stringify({
      experiment,
      framework,
      ...(framework_version === undefined ? {} : { framework_version }),
      cluster,
      ...(created === undefined ? {} : { created }),
    }).trimEnd(),
    '---',
    '',
  ];
  lines.push(`# ${(input.title ?? experiment).replace(/\s+/g, ' ').trim()}`, '');
  const prose = input.prose?.replace(/^\s*\n|\s+$/g, '') ?? '';
  if (prose !== '') lines.push(prose, '');
  const section = (name: string, table: readonly string[]): void => {
    lines.push(`## ${name}`, '', ...table, '');
  };
  if (input.models !== undefined && input.models.length > 0) section('Models', renderModels(input.models));
  if (input.datasets !== undefined && input.datasets.length > 0) section('Datasets', renderDatasets(input.datasets));
  if (input.defaults !== undefined && Object.keys(input.defaults).length > 0) section('Defaults', renderDefaults(input.defaults));
  section('Runs', renderEntries(runs, RUN_COLUMNS, SETTING_ORDER));
  return `${lines.join('\n').trimEnd()}\n`;
}
