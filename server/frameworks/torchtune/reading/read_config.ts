import type { ConfigFacts } from '../../../model/framework.ts';
import { LLAMA3_FULL, LLAMA3_LORA, llama3Facts } from '../config/llama3_builder.ts';
import { deviceMemory } from '../estimates/memory_estimate.ts';
import { trainingOf } from '../estimates/training_facts.ts';
import type { Dialect } from '../versions/dialect.ts';
import type { ModelFacts } from '../versions/registry.ts';
import { at, numberAt, readTree, stringAt, type Tree } from './config_tree.ts';
import { launchOf } from './recipe_of.ts';

interface Need {
  path: string;
  what: string;
}

/** What the later stages need to know of a config, from its text alone. */
export function readConfig(dialect: Dialect, text: string, where: string): ConfigFacts {
  const tree = readTree(text, where);
  const launch = launchOf(text, tree, where);
  const model = modelOf(dialect, tree);
  const batch = numberAt(tree, 'batch_size');
  return {
    ...launch,
    ...(model !== undefined && { parameters: model.parameters }),
    ...(batch !== undefined && { batch_size: batch }),
    ...(model !== undefined &&
      launch.gpus_per_node > 0 && {
        device_memory_gib: deviceMemory(tree, model, launch.nodes * launch.gpus_per_node, modelOf(dialect, tree, 'teacher_model')),
      }),
    training: trainingOf(tree, model, launch.nodes * launch.gpus_per_node),
    needs: [
      ...checkpointNeeds(tree),
      ...frozenNeeds(tree, 'teacher_checkpointer', 'teacher'),
      ...frozenNeeds(tree, 'ref_checkpointer', 'reference model'),
      ...tokenizerNeeds(tree),
      ...dataNeeds(tree),
      ...dataNeeds(tree, 'dataset_val', 'the data to validate on'),
    ].filter(({ path }) => path.startsWith('/')),
    writes: [...new Set([stringAt(tree, 'output_dir'), stringAt(tree, 'metric_logger.log_dir')])].filter((path) => path !== undefined),
  };
}

/** `section`: of the model that is trained, or of its `teacher_model`. */
export function modelOf(dialect: Dialect, tree: Tree, section = 'model'): ModelFacts | undefined {
  const component = stringAt(tree, `${section}._component_`) ?? '';
  if (component !== LLAMA3_FULL && component !== LLAMA3_LORA) return dialect.modelOfComponent(component);
  const sizes = at(tree, section) as Tree;
  return llama3Facts(
    'llama3',
    Object.fromEntries(Object.entries(sizes).filter((pair): pair is [string, number] => typeof pair[1] === 'number')),
  );
}

const inFolder = (folder: string, file: string): string => `${folder.replace(/\/+$/, '')}/${file}`;

function checkpointNeeds(tree: Tree): Need[] {
  const folder = stringAt(tree, 'checkpointer.checkpoint_dir');
  if (folder === undefined) return [];
  const needs = [{ path: folder.length > 1 ? folder.replace(/\/+$/, '') : folder, what: "the model's folder" }];
  if ((stringAt(tree, 'checkpointer._component_') ?? '').endsWith('HFCheckpointer'))
    needs.push({ path: inFolder(folder, 'config.json'), what: "the model's config.json" });
  const goesOn = at(tree, 'resume_from_checkpoint') === true;
  const output = stringAt(tree, 'checkpointer.output_dir');
  // A resume without an adapter reads its weights from where the run before it saved them.
  const adapter = stringAt(tree, 'checkpointer.adapter_checkpoint');
  const weights = goesOn && adapter === undefined && output !== undefined ? output : folder;
  for (const file of checkpointFiles(tree, 'checkpointer')) needs.push({ path: inFolder(weights, file), what: "the model's weights" });
  const saved = [adapter, stringAt(tree, 'checkpointer.recipe_checkpoint')].filter((file) => file !== undefined);
  if (goesOn && output !== undefined)
    for (const file of saved) needs.push({ path: inFolder(output, file), what: 'what the run goes on from' });
  return needs;
}

/** Of a model that is only read: a teacher, or what a full DPO training is held to. */
function frozenNeeds(tree: Tree, section: string, whose: string): Need[] {
  const folder = stringAt(tree, `${section}.checkpoint_dir`);
  if (folder === undefined) return [];
  const needs = [{ path: inFolder(folder, 'config.json'), what: `the ${whose}'s config.json` }];
  for (const file of checkpointFiles(tree, section)) needs.push({ path: inFolder(folder, file), what: `the ${whose}'s weights` });
  return needs;
}

function checkpointFiles(tree: Tree, section: string): string[] {
  const files = at(tree, `${section}.checkpoint_files`);
  if (Array.isArray(files)) return files.filter((file) => typeof file === 'string');
  const format = stringAt(tree, `${section}.checkpoint_files.filename_format`);
  const last = stringAt(tree, `${section}.checkpoint_files.max_filename`);
  if (format === undefined || last === undefined || !/^\d{1,6}$/.test(last) || Number(last) > 10_000) return [];
  const [before = '', between = '', after = ''] = format.split('{}');
  return Array.from(
    { length: Number(last) },
    (_, index) => `${before}${String(index + 1).padStart(last.length, '0')}${between}${last}${after}`,
  );
}

const tokenizerNeeds = (tree: Tree): Need[] =>
  ['path', 'merges_file', 'vocab_path', 'merges_path', 'special_tokens_path'].flatMap((name) => {
    const path = stringAt(tree, `tokenizer.${name}`);
    return path === undefined ? [] : [{ path, what: "the tokenizer's file" }];
  });

function dataNeeds(tree: Tree, section = 'dataset', what = 'the data set'): Need[] {
  const files = at(tree, `${section}.data_files`);
  const source = stringAt(tree, `${section}.source`);
  const paths = typeof files === 'string' ? [files] : Array.isArray(files) ? files.filter((file) => typeof file === 'string') : [];
  return (paths.length > 0 ? paths : [source ?? '']).filter((path) => !/[*?[]/.test(path)).map((path) => ({ path, what }));
}
