import { UserError } from '../../../model/problem.ts';
import { stringAt, type Tree } from './config_tree.ts';

export interface Launch {
  recipe: string;
  nodes: number;
  gpus_per_node: number;
}

/** Keys that only a distributed, or only a single-device recipe reads. */
const DISTRIBUTED_KEYS = [
  'custom_sharded_layers',
  'fsdp_cpu_offload',
  'fsdp_reshard_after_forward',
  'ac_mode',
  'ac_option',
  'tensor_parallel_dim',
  'enable_async_checkpointing',
];

const RECIPE_LINE = /^#\s*recipe:\s*(\S+)\s*$/m;
const COMMAND_LINES = /^#\s*tune run\s+(.*?)\s*--config\b.*$/gm;

function deviceOptions(words: string): { nodes?: number; devices?: number; recipe?: string } {
  const number = (name: string): number | undefined => {
    const match = new RegExp(`--${name}[= ]+(\\d+)`).exec(words);
    return match === null ? undefined : Number(match[1]);
  };
  const nodes = number('nnodes');
  const devices = number('nproc[_-]per[_-]node');
  const recipe = words.split(/\s+/).at(-1);
  return { ...(nodes && { nodes }), ...(devices && { devices }), ...(recipe && !recipe.startsWith('-') && { recipe }) };
}

/** What the header says; where it is silent, what the keys allow to infer. */
export function launchOf(text: string, tree: Tree, where: string): Launch {
  const commands = [...text.matchAll(COMMAND_LINES)].map(([, words]) => deviceOptions(words ?? ''));
  const named = RECIPE_LINE.exec(text)?.[1];
  const inCommands = new Set(commands.flatMap(({ recipe }) => recipe ?? []));
  const [commanded] = inCommands;
  const ask = (what: string, line: string): UserError => new UserError(`${where}: ${what}; add the comment line "${line}" at the top`);
  if (named === undefined && inCommands.size > 1)
    throw ask(`its comments name several recipes (${[...inCommands].join(', ')})`, '# recipe: RECIPE');
  if (named !== undefined && commanded !== undefined && !inCommands.has(named))
    throw new UserError(`${where}: "# recipe: ${named}" and "# tune run ... ${commanded}" disagree; make them name one recipe`);
  const recipe = named ?? commanded ?? inferred(tree, ask);
  const cpu = stringAt(tree, 'device') === 'cpu';
  const { nodes = 1, devices } = commands.find((command) => command.recipe === undefined || command.recipe === recipe) ?? {};
  if (!/distributed/.test(recipe)) return { recipe, nodes: 1, gpus_per_node: cpu ? 0 : 1 };
  if (devices === undefined)
    throw ask(
      `${recipe} runs on several GPUs, and the file does not say how many`,
      `# tune run --nproc_per_node GPUS ${recipe} --config finetune.yaml`,
    );
  return { recipe, nodes, gpus_per_node: devices };
}

function inferred(tree: Tree, ask: (what: string, line: string) => UserError): string {
  const component = stringAt(tree, 'model._component_');
  const loss = stringAt(tree, 'loss._component_') ?? '';
  if (component === undefined) throw ask('it has no model._component_, so its recipe cannot be inferred', '# recipe: RECIPE');
  if (/PPO|KL/.test(loss)) throw ask(`its loss ${loss} is none of a fine-tuning recipe`, '# recipe: RECIPE');
  if (tree.quantizer !== undefined) return /\.lora_\w+$/.test(component) ? 'qat_lora_finetune_distributed' : 'qat_distributed';
  const family = /\.q?lora_\w+$/.test(component) ? 'lora' : 'full';
  const kind = tree.teacher_model !== undefined ? 'knowledge_distillation' : /\.rlhf\./.test(loss) ? `${family}_dpo` : `${family}_finetune`;
  if (kind === 'full_dpo') return 'full_dpo_distributed';
  const distributed = DISTRIBUTED_KEYS.find((key) => tree[key] !== undefined && tree[key] !== null);
  const single = stringAt(tree, 'device') === 'cpu' || tree.low_cpu_ram !== undefined;
  if (distributed === undefined) return `${kind}_single_device`;
  if (single)
    throw ask(
      `it has ${distributed}, which only distributed recipes read, and keys of single-device recipes`,
      `# recipe: ${kind}_single_device`,
    );
  return `${kind}_distributed`;
}
