import type { Checkpoint, RunFile } from '../../../model/framework.ts';
import { at, readTree, stringAt, type Tree } from '../reading/config_tree.ts';

/** What a config makes torchtune save at the end of an epoch. */
export interface SavedForm {
  adapter: boolean;
  /** Whole weights: merged ones beside an adapter, or the only ones. */
  weights: boolean;
  /** Files for the PEFT library beside torchtune's own; torchtune writes none for these model types. */
  peft: boolean;
  /** Full distributed recipes may save intermediate epochs in a form of their own. */
  async: boolean;
}

const WITHOUT_PEFT = ['PHI3_MINI', 'PHI4', 'LLAMA3_VISION'];
const EPOCH_FILE = /^(dist_)?epoch_(\d+)\/(.+)$/;
/** Where all weights fit into one file: of nightly alone; 0.6.1 numbers one file too. */
const ALONE = 'model.safetensors';
const SHARD = /^model-(\d{5})-of-(\d{5})\.(?:safetensors|bin)$/;
export const RECIPE_STATE = 'recipe_state/recipe_state.pt';

export function savedForm(tree: Tree): SavedForm {
  const adapter = at(tree, 'model.lora_rank') !== undefined;
  return {
    adapter,
    weights: !(adapter && at(tree, 'save_adapter_weights_only') === true),
    peft: adapter && isHf(tree) && !WITHOUT_PEFT.includes(stringAt(tree, 'checkpointer.model_type') ?? ''),
    async: at(tree, 'enable_async_checkpointing') === true,
  };
}

const isHf = (tree: Tree): boolean => (stringAt(tree, 'checkpointer._component_') ?? '').endsWith('FullModelHFCheckpointer');

/** The files of the folder that torchtune saves into, with paths relative to it; and that folder, relative to the run's. */
export function savedFiles(tree: Tree, files: readonly RunFile[]): { folder: string; files: RunFile[] } {
  const output = (stringAt(tree, 'checkpointer.output_dir') ?? stringAt(tree, 'output_dir') ?? '').split('/').filter((part) => part !== '');
  // Where the run's folder ends within output_dir the config does not say; the files do.
  for (let from = output.length; from >= 0; from--) {
    const folder = output
      .slice(from)
      .map((part) => `${part}/`)
      .join('');
    const below = files.filter(({ path }) => path.startsWith(folder)).map((file) => ({ ...file, path: file.path.slice(folder.length) }));
    if (below.some(({ path }) => EPOCH_FILE.test(path) || path === RECIPE_STATE)) return { folder, files: below };
  }
  return { folder: '', files: [] };
}

interface Epoch {
  name: string;
  epoch: number;
  distributed: boolean;
  /** By name within the epoch's folder. */
  files: Map<string, RunFile>;
}

export function epochsOf(files: readonly RunFile[]): Epoch[] {
  const epochs = new Map<string, Epoch>();
  for (const file of files) {
    const match = EPOCH_FILE.exec(file.path);
    if (match === null) continue;
    const [, distributed, number = '', inner = ''] = match;
    const name = `${distributed ?? ''}epoch_${number}`;
    const known = epochs.get(name) ?? { name, epoch: Number(number), distributed: distributed !== undefined, files: new Map() };
    known.files.set(inner, file);
    epochs.set(name, known);
  }
  return [...epochs.values()].sort((one, other) => one.epoch - other.epoch);
}

/** What an epoch's folder lacks to be whole; undefined when it is whole. */
export function epochFault(epoch: Epoch, form: SavedForm, all: readonly Epoch[]): string | undefined {
  if (epoch.distributed) return (epoch.files.get('.metadata')?.size ?? 0) > 0 ? undefined : 'it has no .metadata, which is written last';
  const missing = [...expected(epoch, form)].find((name) => (epoch.files.get(name)?.size ?? 0) === 0);
  if (missing !== undefined) return `${missing} is ${epoch.files.has(missing) ? 'empty' : 'not there'}`;
  for (const [name, { size }] of epoch.files) {
    const whole = Math.max(...all.map((other) => other.files.get(name)?.size ?? 0));
    // The same tensors under the same names: what is shorter than its like of another epoch was cut off.
    if (/\.(?:safetensors|bin|pt)$/.test(name) && size < whole * 0.99) return `${name} has ${size} bytes, in another epoch ${whole}`;
  }
  return undefined;
}

/** torchtune writes them in this order, one after the other: what stands before a file that is there is whole. */
function* expected(epoch: Epoch, form: SavedForm): Generator<string> {
  if (form.weights && epoch.files.has(ALONE)) yield ALONE;
  else if (form.weights) {
    const shards = [...epoch.files.keys()].filter((name) => SHARD.test(name));
    const [, , count = '00001'] = SHARD.exec(shards[0] ?? '') ?? [];
    const ending = shards[0]?.endsWith('.bin') ? 'bin' : 'safetensors';
    for (let shard = 1; shard <= Number(count); shard++) yield `model-${String(shard).padStart(5, '0')}-of-${count}.${ending}`;
    if (ending === 'safetensors') yield 'model.safetensors.index.json';
  }
  if (form.adapter) yield 'adapter_model.pt';
  if (form.peft) {
    // Where the job has put them once the training had ended.
    const folder = epoch.files.has('adapter/adapter_config.json') ? 'adapter/' : '';
    if (!epoch.files.has(`${folder}adapter_model.bin`)) yield `${folder}adapter_model.safetensors`;
    yield `${folder}adapter_config.json`;
  }
}

/** Every epoch that has left files, oldest first. */
export function checkpoints(config: string, files: readonly RunFile[]): Checkpoint[] {
  const tree = readTree(config, 'finetune.yaml');
  const saved = savedFiles(tree, files);
  const epochs = epochsOf(saved.files);
  return epochs.map((epoch) => {
    const why = epochFault(epoch, savedForm(tree), epochs);
    const paths = [...epoch.files.values()].map(({ path }) => saved.folder + path).sort();
    return { epoch: epoch.epoch, complete: why === undefined, ...(why !== undefined && { why }), paths };
  });
}
