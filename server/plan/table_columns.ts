export const RUN_COLUMNS = ['run', 'type', 'model', 'dataset'] as const;
export const MODEL_COLUMNS = ['model', 'path', 'builder'] as const;
export const OPTIONAL_DATASET_COLUMNS = [
  'split',
  'field',
  'input_column',
  'output_column',
  'chosen_column',
  'rejected_column',
  'system_prompt',
  'prompt_template',
] as const;
export const DATASET_COLUMNS = ['dataset', 'path', 'format', ...OPTIONAL_DATASET_COLUMNS] as const;

const TABLES: readonly [string, readonly string[]][] = [
  ['Runs', RUN_COLUMNS],
  ['Models', MODEL_COLUMNS],
  ['Datasets', DATASET_COLUMNS],
];

/** Where `name` belongs that was written as a setting: what to do with it. */
export function columnHint(name: string): string | undefined {
  // A model and a data set have tables of their own, but it is a run that names one of them.
  if (RUN_COLUMNS.some((column) => column === name)) return 'it is a column of Runs: write it there, run by run';
  const tables = TABLES.filter(([, columns]) => columns.includes(name)).map(([table]) => table);
  return tables.length === 0 ? undefined : `it is a column of ${tables.join(' and of ')}: write it there`;
}
