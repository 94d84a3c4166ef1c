import { formatDuration, parseDuration } from './duration.ts';
import { parseMemory } from './memory_size.ts';

export type SettingValue = string | number | boolean | readonly string[];

/** How one setting is read. `range` is told to people word for word. */
interface SettingKind {
  range: string;
  /** The value, or undefined when the text is none. */
  read(text: string): SettingValue | undefined;
}

export interface SettingDefinition extends SettingKind {
  /** `training` settings go to a framework, `job` settings to Slurm. */
  side: 'training' | 'job';
  meaning: string;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const integer = (min: number, max: number): SettingKind => ({
  range: `a whole number from ${min} to ${max}`,
  read: (text) => (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined),
});

const decimal = (min: number, max: number, exclusive = false): SettingKind => ({
  range: `a number ${exclusive ? 'above' : 'from'} ${min} ${exclusive ? 'up ' : ''}to ${max}`,
  read: (text) => {
    const value = Number(text);
    return DECIMAL.test(text) && value <= max && (exclusive ? value > min : value >= min) ? value : undefined;
  },
});

const YES = new Set(['true', 'yes', 'on']);
const NO = new Set(['false', 'no', 'off']);
const boolean: SettingKind = {
  range: 'true or false',
  read: (text) => (YES.has(text.toLowerCase()) ? true : NO.has(text.toLowerCase()) ? false : undefined),
};

const oneOf = (...words: string[]): SettingKind => ({
  range: `one of ${words.join(', ')}`,
  read: (text) => words.find((word) => word === text.toLowerCase()),
});

const words = (known: readonly string[]): SettingKind => ({
  range: `one or more of ${known.join(', ')}, separated by commas or spaces`,
  read: (text) => {
    const list = text
      .replace(/^\[|\]$/g, '')
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    return list.length > 0 && list.every((word) => known.includes(word)) ? list : undefined;
  },
});

const text = (range: string, shape: RegExp): SettingKind => ({ range, read: (value) => (shape.test(value) ? value : undefined) });

const duration: SettingKind = {
  range: "a time limit of Slurm's: 90 (minutes), 1:30:00 or 1-12:00:00",
  read: (value) => {
    const seconds = parseDuration(value);
    return seconds === undefined ? undefined : formatDuration(seconds);
  },
};

const memory: SettingKind = {
  range: "a memory size of Slurm's for each node: 48G or 1500M",
  read: (value) => (parseMemory(value) === undefined ? undefined : value.replace(/b$/i, '').toUpperCase()),
};

/** Names of partitions, accounts and the like: what Slurm lets sites choose, and nothing that a shell or a #SBATCH line could read otherwise. */
const slurmWord = text(
  "a name of Slurm's: letters, digits and . _ - + = @ : / , without spaces",
  /^[A-Za-z0-9][A-Za-z0-9._+=@:/,-]{0,199}$/,
);
const constraint = text(
  'a feature expression of Slurm\'s, such as "a100" or "a100&nvlink"',
  /^[A-Za-z0-9([][A-Za-z0-9._,&|*()[\]:+-]{0,199}$/,
);
const nodeList = text('a node list of Slurm\'s, such as "gpu[1-3],cpu1"', /^[A-Za-z0-9][A-Za-z0-9._,[\]-]{0,199}$/);
/** `{question}` or `{{input}}`; not `\boxed{answer}`, and not `${name}`, which has a refusal of its own. */
const OTHER_FIELD = /\{\{input\}\}|(?<![\w}$])\{(?!input\})\w+\}/;
const component = text('a name, or the dotted name of a component', /^[A-Za-z_][A-Za-z0-9_.]{0,199}$/);

/** What it names is checked where the models are known. */
const modelName = text('the name of a model: letters, digits and . _ - /', /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/);

const training = (kind: SettingKind, meaning: string): SettingDefinition => ({ ...kind, side: 'training', meaning });
const job = (kind: SettingKind, meaning: string): SettingDefinition => ({ ...kind, side: 'job', meaning });

export const LORA_MODULES = ['q_proj', 'k_proj', 'v_proj', 'output_proj', 'mlp', 'output'] as const;

/** The vocabulary of a plan, in the order in which settings are written. Anything else must be the framework's own key. */
export const SETTINGS: Readonly<Record<string, SettingDefinition>> = {
  method: training(oneOf('lora', 'qlora', 'dora', 'full'), 'how the model is trained'),
  teacher_model: training(modelName, 'the larger model from which a student learns (knowledge distillation)'),
  lora_rank: training(integer(1, 4096), 'rank of the LoRA matrices'),
  lora_alpha: training(decimal(0, 65536, true), 'LoRA scaling; the update is scaled by lora_alpha / lora_rank'),
  lora_dropout: training(decimal(0, 0.99), 'dropout before the LoRA matrices'),
  lora_modules: training(words(LORA_MODULES), 'the linear layers that get LoRA matrices'),
  batch_size: training(integer(1, 65536), 'samples per device and step'),
  gradient_accumulation_steps: training(integer(1, 65536), 'batches per optimizer step'),
  epochs: training(integer(1, 10000), 'passes over the data set'),
  max_steps_per_epoch: training(integer(1, 100_000_000), 'optimizer steps after which an epoch ends'),
  lr: training(decimal(0, 10, true), 'peak learning rate'),
  lr_scheduler: training(oneOf('cosine', 'constant'), 'how the learning rate changes'),
  warmup_steps: training(integer(0, 100_000_000), 'optimizer steps until the peak learning rate'),
  weight_decay: training(decimal(0, 10), 'weight decay of the optimizer'),
  optimizer: training(component, 'adamw, or the dotted name of an optimizer'),
  max_seq_len: training(integer(8, 10_000_000), 'tokens after which a sample is cut'),
  packed: training(boolean, 'several samples in one sequence'),
  train_on_input: training(boolean, 'whether the prompt counts in the loss'),
  prompt: training(
    {
      range: 'a text with {input} where the sample goes, and no other {name}: it would stand in every sample as it is',
      read: (value) => (value.includes('{input}') && !OTHER_FIELD.test(value) ? value : undefined),
    },
    'the text around each input; \\n is a line break, \\t a tab',
  ),
  seed: training(integer(0, 4_294_967_295), 'seed of initialisation and dropout'),
  dtype: training(oneOf('bf16', 'fp32'), 'number format of the training'),
  activation_checkpointing: training(boolean, 'recompute activations to save GPU memory'),
  activation_offloading: training(boolean, 'move activations to host memory'),
  compile: training(boolean, 'torch.compile'),
  clip_grad_norm: training(decimal(0, 1_000_000, true), 'largest gradient norm'),
  save_adapter_weights_only: training(boolean, 'save the adapter without the merged model'),
  gpus: job(integer(0, 64), 'GPUs on each node; 0 trains on the CPU'),
  gpu_type: job(text("a GPU type of the cluster's, such as a100", /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), 'GPU type to ask for'),
  nodes: job(integer(1, 1024), 'nodes of the job'),
  cpus: job(integer(1, 1024), 'CPU cores of the job on each node'),
  mem: job(memory, 'host memory on each node'),
  time: job(duration, 'time limit of the job'),
  partition: job(slurmWord, 'partition of the job'),
  account: job(slurmWord, 'account that is charged'),
  qos: job(slurmWord, 'quality of service'),
  constraint: job(constraint, 'node features'),
  reservation: job(slurmWord, 'reservation to run in'),
  exclude: job(nodeList, 'nodes not to run on'),
};

/** `LoRA Rank`, `lora-rank` and `lora_rank` are one setting. */
export const canonicalSetting = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

/** Cells that mean "not set here". */
export const isUnset = (cell: string): boolean => /^(-|–|—|n\/a|na|none|)$/i.test(cell.trim());
