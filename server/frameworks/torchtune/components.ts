/** What `**load_dataset_kwargs` may be: anything else reaches the file reader of `datasets` and fails there. */
const LOAD_DATASET = [
  'name',
  'data_dir',
  'data_files',
  'cache_dir',
  'revision',
  'field',
  'delimiter',
  'column_names',
  'num_proc',
  'encoding',
];

const isDataset = (component: string): boolean => component.startsWith('torchtune.datasets.');

const SECTION_OF: readonly [string, RegExp][] = [
  ['tokenizer', /_tokenizer$/],
  ['model', /^torchtune\.models\./],
  ['dataset', /^torchtune\.datasets\./],
  ['checkpointer', /Checkpointer$/],
  ['lr_scheduler', /\.lr_schedulers\./],
  ['loss', /\.loss\./],
  ['metric_logger', /\.metric_logging\./],
  ['profiler', /profiler$/],
  ['optimizer', /\.optim\./],
  ['quantizer', /\.quantization\./],
];
const sectionOf = (component: string): string | undefined => SECTION_OF.find(([, shape]) => shape.test(component))?.[0];

/** Argument names by component; `*` marks a required one, `**` takes any. */
export type Signatures = Readonly<Record<string, readonly string[]>>;
/** By recipe, the keys that it reads. */
export type Recipes = Readonly<Record<string, { required: readonly string[]; optional: readonly string[] }>>;

/** What a config can name: components with their arguments, recipes with their keys. */
export interface Components {
  /** The argument names of `component`, or undefined when it is none that we know (a component of the user's own). */
  argumentsOf(component: string): readonly string[] | undefined;
  componentsOf(section: string): readonly string[];
  readonly recipes: readonly string[];
  /** Top-level keys that `recipe` reads. */
  keysOfRecipe(recipe: string): readonly string[];
  /** Keys without which `recipe` ends with an error; dotted where they stand deeper. */
  requiredBy(recipe: string): readonly string[];
}

export function componentsFrom(signatures: Signatures, recipes: Recipes): Components {
  const bySignature = new Map(Object.entries(signatures));
  const keysRead = new Map(
    Object.entries(recipes).map(([recipe, { required, optional }]) => [
      recipe,
      [...required.filter((key) => !key.includes('.')), ...optional],
    ]),
  );
  return {
    argumentsOf(component) {
      const signature = bySignature.get(component);
      if (signature === undefined) return undefined;
      const names = signature.filter((name) => name !== '**').map((name) => name.replace('*', ''));
      return isDataset(component) ? [...names, ...LOAD_DATASET] : names;
    },
    componentsOf: (section) => [...bySignature.keys()].filter((name) => sectionOf(name) === section),
    recipes: [...keysRead.keys()],
    keysOfRecipe: (recipe) => keysRead.get(recipe) ?? [],
    requiredBy: (recipe) => recipes[recipe]?.required ?? [],
  };
}
