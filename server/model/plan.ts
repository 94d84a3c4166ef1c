import type { Problem } from './problem.ts';
import type { SettingValue } from './settings.ts';

/** 1-based, as editors count. */
export interface Position {
  line: number;
  column: number;
}

export type RunType = 'fine-tune' | 'base';

export interface Setting {
  value: SettingValue;
  at: Position;
}

/** Settings by canonical name; a framework's own keys are dotted (`optimizer.betas`) and keep the plan's scalar. */
export type Settings = ReadonlyMap<string, Setting>;

export interface PlannedModel {
  /** Canonical: the framework's folder name where it knows the model. */
  name: string;
  path?: string;
  /** Only for a model that the framework's registry does not know: the known one as which it is built, or e.g. `llama3`. */
  builder?: string;
  /** With `builder`: num_layers, embed_dim, ... by column name. */
  sizes: ReadonlyMap<string, Setting>;
  at: Position;
}

export interface PlannedDataset {
  name: string;
  path: string;
  format: string;
  split?: string;
  field?: string;
  input_column?: string;
  output_column?: string;
  /** Of preference pairs: the better and the worse answer. */
  chosen_column?: string;
  rejected_column?: string;
  system_prompt?: string;
  prompt_template?: string;
  at: Position;
  /** Where what it says stands, by column. */
  cells?: ReadonlyMap<string, Position>;
}

export interface PlannedRun {
  name: string;
  type: RunType;
  model: string;
  dataset?: string;
  /** This row's own cells. Use `settingsOf` for what holds. */
  own: Settings;
  at: Position;
}

export interface Plan {
  experiment: string;
  framework: string;
  /** Of the framework, where the plan names one. */
  framework_version?: string;
  cluster: string;
  created?: string;
  title?: string;
  models: ReadonlyMap<string, PlannedModel>;
  datasets: ReadonlyMap<string, PlannedDataset>;
  defaults: Settings;
  runs: readonly PlannedRun[];
}

export const PLAN_FILE = 'runs_plan.md';

/** The cell of a data set's column; its name's, where that is empty. */
export const cellOfDataset = ({ at, cells }: PlannedDataset, column: string): Position => cells?.get(column) ?? at;

/** Defaults, with the run's own cells over them. Base runs take no defaults: they are not trained. */
export function settingsOf(plan: Plan, run: PlannedRun): Settings {
  if (run.type === 'base') return run.own;
  return run.own.size === 0 ? plan.defaults : new Map([...plan.defaults, ...run.own]);
}

export const fineTuneRuns = (plan: Plan): readonly PlannedRun[] => plan.runs.filter((run) => run.type === 'fine-tune');

export const inPlan = (at: Position): string => `${PLAN_FILE}:${at.line}:${at.column}`;

export const errorInPlan = (at: Position, what: string, fix: string): Problem => ({ severity: 'error', where: inPlan(at), what, fix });
