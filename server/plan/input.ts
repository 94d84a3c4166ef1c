/** A value as a tool's caller gives it. `null` (like `-` in a cell) means "not set". */
export type InputValue = string | number | boolean | readonly string[] | null;

type More = Readonly<Record<string, InputValue | undefined>>;

/** `sizes` of a builder model stand beside its name: `num_layers`, `embed_dim`, ... */
export type ModelInput = More & { model: string; path?: string | undefined; builder?: string | undefined };

export type DatasetInput = More & { dataset: string; path: string; format: string };

/** Settings stand beside the name. Without a type it is a fine-tune run. */
export type RunInput = More & { run: string; type?: 'fine-tune' | 'base' | undefined; model: string; dataset?: string | null | undefined };

export interface PlanInput {
  experiment: string;
  framework?: string | undefined;
  framework_version?: string | undefined;
  cluster?: string | undefined;
  created?: string | undefined;
  title?: string | undefined;
  prose?: string | undefined;
  models?: readonly ModelInput[] | undefined;
  datasets?: readonly DatasetInput[] | undefined;
  defaults?: More | undefined;
  runs: readonly RunInput[];
}

/** Every combination becomes a run: `{model: [...], dataset: [...], lora_rank: [8, 64]}`. */
export type GridInput = Readonly<Record<string, readonly InputValue[]>>;

/** Only what is named here changes. An existing entry keeps the cells that are not named; `null` clears a cell. */
export interface RevisionInput {
  experiment?: string | undefined;
  framework?: string | undefined;
  framework_version?: string | undefined;
  cluster?: string | undefined;
  created?: string | undefined;
  models?: readonly (More & { model: string })[] | undefined;
  datasets?: readonly (More & { dataset: string })[] | undefined;
  /** `null` removes the setting's row. */
  defaults?: More | undefined;
  runs?: readonly (More & { run: string })[] | undefined;
  remove_runs?: readonly string[] | undefined;
  /** Old name to new name. */
  rename_runs?: Readonly<Record<string, string>> | undefined;
}
