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

/** Parts of a config that are components. */
export const SECTIONS: readonly string[] = [
  'tokenizer',
  'model',
  'checkpointer',
  'dataset',
  'optimizer',
  'lr_scheduler',
  'loss',
  'metric_logger',
  'profiler',
  'quantizer',
  'ref_checkpointer',
  'teacher_model',
  'teacher_checkpointer',
  'kd_loss',
  'dataset_val',
];

/** Sections whose components are those of another one. */
const LIKE: Readonly<Record<string, string>> = {
  ref_checkpointer: 'checkpointer',
  teacher_model: 'model',
  teacher_checkpointer: 'checkpointer',
  kd_loss: 'loss',
  dataset_val: 'dataset',
};
/** The section whose components and arguments `section` has. */
export const likeOf = (section: string): string => LIKE[section] ?? section;

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
  /** Of those that we know, what a config must give: the recipe gives the rest. */
  requiredArguments(component: string): readonly string[];
  /** Is there such a component, even if we do not know its arguments? A config made by hand may name it. */
  isComponent(name: string): boolean;
  /** None of a section that has none of its own choice, such as tensor_parallel_plan. */
  componentsOf(section: string): readonly string[];
  readonly recipes: readonly string[];
  /** Top-level keys that `recipe` reads. */
  keysOfRecipe(recipe: string): readonly string[];
  /** Keys without which `recipe` ends with an error; dotted where they stand deeper. */
  requiredBy(recipe: string): readonly string[];
}

/** `others`: components whose arguments are not known. */
export function componentsFrom(signatures: Signatures, recipes: Recipes, others: readonly string[]): Components {
  const byName = new Map(
    Object.entries(signatures).map(([component, signature]) => {
      const given = signature.filter((name) => name !== '**');
      const names = given.map((name) => name.replace('*', ''));
      return [
        component,
        {
          names: isDataset(component) ? [...names, ...LOAD_DATASET] : names,
          required: given.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
        },
      ];
    }),
  );
  const unknown = new Set(others);
  const keysRead = new Map(
    Object.entries(recipes).map(([recipe, { required, optional }]) => [
      recipe,
      [...required.filter((key) => !key.includes('.')), ...optional],
    ]),
  );
  return {
    argumentsOf: (component) => byName.get(component)?.names,
    requiredArguments: (component) => byName.get(component)?.required ?? [],
    isComponent: (name) => byName.has(name) || unknown.has(name),
    componentsOf: (section) => [...byName.keys()].filter((name) => sectionOf(name) === likeOf(section)),
    recipes: [...keysRead.keys()],
    keysOfRecipe: (recipe) => keysRead.get(recipe) ?? [],
    requiredBy: (recipe) => recipes[recipe]?.required ?? [],
  };
}

/** These hand on what they do not know. */
export const takesAny = (component: string): boolean => /\.(?:WandB|Comet)Logger$/.test(component);
