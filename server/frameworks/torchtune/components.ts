import signatures from './data/components.json' with { type: 'json' };
import recipes from './data/recipes.json' with { type: 'json' };

/** Argument names of every component that a config can name; `*` marks a required one, `**` takes any. */
const SIGNATURES = new Map(Object.entries(signatures as Record<string, readonly string[]>));

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

/** The argument names of `component`, or undefined when it is none that we know (a component of the user's own). */
export function argumentsOf(component: string): readonly string[] | undefined {
  const signature = SIGNATURES.get(component);
  if (signature === undefined) return undefined;
  const names = signature.filter((name) => name !== '**').map((name) => name.replace('*', ''));
  return isDataset(component) ? [...names, ...LOAD_DATASET] : names;
}

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
export const sectionOf = (component: string): string | undefined => SECTION_OF.find(([, shape]) => shape.test(component))?.[0];

export const componentsOf = (section: string): readonly string[] => [...SIGNATURES.keys()].filter((name) => sectionOf(name) === section);

export const RECIPES = recipes as Readonly<Record<string, { required: readonly string[]; optional: readonly string[] }>>;

const keysRead = new Map(
  Object.entries(RECIPES).map(([recipe, { required, optional }]) => [
    recipe,
    [...required.filter((key) => !key.includes('.')), ...optional],
  ]),
);

/** Top-level keys that `recipe` reads. */
export const keysOfRecipe = (recipe: string): readonly string[] => keysRead.get(recipe) ?? [];
