import { didYouMean, nearest } from '../../model/nearest.ts';
import type { Dialect } from './dialect.ts';
import { isOfOtherRecipe } from './not_yet.ts';

/** Keys that mean the same as a setting of the plan: read as that setting, so that the same rules hold. */
export const SAME_AS_SETTING: ReadonlyMap<string, string> = new Map([
  ['tokenizer.max_seq_len', 'max_seq_len'],
  ['dataset.packed', 'packed'],
  ['dataset.train_on_input', 'train_on_input'],
  ['optimizer._component_', 'optimizer'],
  ['optimizer.lr', 'lr'],
  ['optimizer.weight_decay', 'weight_decay'],
  ['lr_scheduler.num_warmup_steps', 'warmup_steps'],
  ['model.lora_rank', 'lora_rank'],
  ['model.lora_alpha', 'lora_alpha'],
  ['model.lora_dropout', 'lora_dropout'],
  ['enable_activation_checkpointing', 'activation_checkpointing'],
  ['enable_activation_offloading', 'activation_offloading'],
]);

/** Keys that the plan says in another way, or that are ours: why, and what to do instead. */
export const NOT_FOR_THE_PLAN: ReadonlyMap<string, string> = new Map([
  ['output_dir', "remove it: checkpoints go to the run's artifacts/ folder, where the later stages look for them"],
  ['checkpointer.output_dir', "remove it: checkpoints go to the run's artifacts/ folder, where the later stages look for them"],
  ['checkpointer.checkpoint_dir', "give the model's path under Models"],
  ['checkpointer._component_', 'remove it: checkpoints are read and written in the Hugging Face form'],
  ['teacher_checkpointer.checkpoint_dir', "give the teacher's path under Models"],
  ...['teacher_checkpointer', 'ref_checkpointer'].flatMap((section): [string, string][] => [
    [`${section}._component_`, 'remove it: checkpoints are read in the Hugging Face form'],
    [`${section}.output_dir`, 'remove it: nothing is written there'],
    [`${section}.resume_from_checkpoint`, 'remove it: launch_runs resumes runs'],
  ]),
  ['teacher_model._component_', 'use the setting teacher_model'],
  ['checkpointer.resume_from_checkpoint', 'remove it: launch_runs resumes runs'],
  ['resume_from_checkpoint', 'remove it: launch_runs resumes runs'],
  ['metric_logger._component_', 'remove it: monitor_jobs reads the log of the DiskLogger'],
  ['metric_logger.log_dir', "remove it: the metrics go to the run's logs/metrics.log, where monitor_jobs reads them"],
  ['metric_logger.filename', "remove it: the metrics go to the run's logs/metrics.log, where monitor_jobs reads them"],
  ['recipe', "remove it: the recipe follows from method, gpus, nodes and teacher_model, the data set's format, and the keys of quantizer"],
  ['device', 'use the setting gpus; 0 trains on the CPU'],
  ['model._component_', 'use the settings model and method'],
  ['model.use_dora', 'use the setting method: dora'],
  ['model.quantize_base', 'use the setting method: qlora'],
  ['model.lora_attn_modules', 'use the setting lora_modules'],
  ['model.apply_lora_to_mlp', 'use the setting lora_modules with "mlp"'],
  ['model.apply_lora_to_output', 'use the setting lora_modules with "output"'],
  ['dataset._component_', 'give the format under Datasets'],
  ['dataset.source', "give the data set's path under Datasets"],
  ['dataset.data_files', "give the data set's path under Datasets"],
]);

const SECTIONS = [
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
  'teacher_checkpointer',
  'kd_loss',
  'dataset_val',
] as const;
/** Sections whose components are those of another one. */
const LIKE: Readonly<Record<string, string>> = {
  ref_checkpointer: 'checkpointer',
  teacher_checkpointer: 'checkpointer',
  kd_loss: 'loss',
  dataset_val: 'dataset',
};

const known = new WeakMap<Dialect, ReadonlySet<string>>();
/** Every key that some recipe reads, dotted where it is a component's argument. */
function knownKeys(dialect: Dialect): ReadonlySet<string> {
  const before = known.get(dialect);
  if (before !== undefined) return before;
  const keys = new Set<string>(NOT_FOR_THE_PLAN.keys());
  for (const recipe of dialect.recipes) for (const key of dialect.keysOfRecipe(recipe)) keys.add(key);
  for (const section of SECTIONS) {
    if (!keys.delete(section)) continue;
    keys.add(`${section}._component_`);
    for (const component of dialect.componentsOf(LIKE[section] ?? section))
      for (const name of dialect.argumentsOf(component) ?? []) keys.add(`${section}.${name}`);
  }
  for (const callable of ['tokenizer', 'filter_fn', 'optimizer', 'self'])
    for (const section of ['dataset', 'dataset_val']) keys.delete(`${section}.${callable}`);
  keys.add('tensor_parallel_plan._component_');
  known.set(dialect, keys);
  return keys;
}

const OPEN = /^(?:dataset(?:_val)?\.column_map|tokenizer\.prompt_template)\.[a-z_]+$/;

/** Is `key` something that some recipe or component reads? */
export function ownKey(dialect: Dialect, key: string): { known: boolean; nearest?: string } {
  const keys = knownKeys(dialect);
  if (keys.has(key) || OPEN.test(key) || isOfOtherRecipe(key)) return { known: true };
  const near = nearest(key, [...keys]);
  return near === undefined ? { known: false } : { known: false, nearest: near };
}

/** So many recipes are named to a person. */
const FEW = 4;

/** Why `recipe` with `component` in that section would not read `key`, or undefined when it does. */
export function ownKeyFault(
  dialect: Dialect,
  key: string,
  recipe: string,
  componentAt: (section: string) => string | undefined,
): { what: string; fix: string } | undefined {
  const [section = '', argument] = key.split('.');
  const read = dialect.keysOfRecipe(recipe);
  if (!read.includes(section)) {
    const others = dialect.recipes.filter((other) => dialect.keysOfRecipe(other).includes(section));
    const what = `${recipe} does not read "${key}" and torchtune would ignore it without a word`;
    return {
      what,
      fix:
        others.length > FEW
          ? 'remove it'
          : others.length > 0
            ? `remove it; only ${others.join(', ').replace(/, ([^,]*)$/, ' and $1')} ${others.length > 1 ? 'read' : 'reads'} it`
            : didYouMean(section, read),
    };
  }
  if (argument === undefined || argument === '_component_') return undefined;
  const component = componentAt(section);
  const names = component === undefined ? undefined : dialect.argumentsOf(component);
  if (names === undefined || names.includes(argument)) return undefined;
  const what = `${component} has no argument "${argument}"`;
  return { what, fix: names.length === 0 ? 'remove it' : didYouMean(argument, names) };
}
