import { nearest } from '../../../model/nearest.ts';
import { isOfOtherRecipe } from '../config/not_yet.ts';
import { likeOf, SECTIONS } from '../versions/components.ts';
import { DEFAULT_VERSION, type Dialect } from '../versions/dialect.ts';
import { isOfNightly, KEYS_OF_NIGHTLY } from '../versions/nightly_keys.ts';
import { PARTS } from './key_kinds.ts';

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
  ['checkpointer.adapter_checkpoint', 'remove it: launch_runs resumes runs'],
  ['checkpointer.recipe_checkpoint', 'remove it: launch_runs resumes runs'],
  ['checkpointer.should_load_recipe_state', 'remove it: launch_runs resumes runs'],
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
    for (const component of dialect.componentsOf(section))
      for (const name of dialect.argumentsOf(component) ?? []) {
        keys.add(`${section}.${name}`);
        for (const part of PARTS[`${likeOf(section)}.${name}`] ?? []) keys.add(`${section}.${name}.${part}`);
      }
  }
  for (const callable of ['tokenizer', 'filter_fn', 'optimizer', 'self'])
    for (const section of ['dataset', 'dataset_val']) keys.delete(`${section}.${callable}`);
  keys.add('tensor_parallel_plan._component_');
  known.set(dialect, keys);
  return keys;
}

/** Which columns there are is the data set's component's to say. */
const OPEN = /^dataset(?:_val)?\.column_map\.\w+$/;

const ONLY_NIGHTLY =
  "only a nightly of torchtune 0.7 has it: remove it, or set framework_version to nightly in the plan's front matter where one is installed";

/** Sections whose arguments mean the same without its name. */
const PLAIN_SECTIONS = ['optimizer', 'loss', 'kd_loss', 'lr_scheduler', 'quantizer'];

/** What to write for a part of the config, or for an argument without the part that it belongs to. */
function wholeKey(keys: ReadonlySet<string>, key: string): string | undefined {
  if (SECTIONS.includes(key))
    return NOT_FOR_THE_PLAN.get(`${key}._component_`) ?? `it is a part of the config: write ${key}._component_, or another key of ${key}`;
  const section = PLAIN_SECTIONS.find((one) => keys.has(`${one}.${key}`));
  return section === undefined ? undefined : `it is an argument of ${section}: write ${section}.${key}`;
}

/** Is `key` something that some recipe or component reads? */
export function ownKey(dialect: Dialect, key: string): { known: boolean; instead?: string; nearest?: string } {
  const keys = knownKeys(dialect);
  if (keys.has(key) || OPEN.test(key) || isOfOtherRecipe(key)) return { known: true };
  if (isOfNightly(key) && dialect.version === DEFAULT_VERSION) return { known: false, instead: ONLY_NIGHTLY };
  const instead = wholeKey(keys, key);
  if (instead !== undefined) return { known: false, instead };
  const near = nearest(key, [...keys, ...KEYS_OF_NIGHTLY]);
  return near === undefined ? { known: false } : { known: false, nearest: near };
}
