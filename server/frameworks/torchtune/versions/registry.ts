import type { PlannedModel } from '../../../model/plan.ts';

/** One architecture of torchtune: what it is built with, and where its files lie under the checkpoint's folder. */
export interface ModelFacts {
  /** Folder names (the last part of Hugging Face ids); the first is the one that torchtune's own configs name. */
  names: readonly string[];
  /** `llama3_2.llama3_2_1b`; of a builder, `llama3`. */
  short: string;
  full: string;
  lora: string;
  qlora?: string;
  tokenizer: string;
  tokenizer_files: Readonly<Record<string, string>>;
  model_type: string;
  checkpoint: { files: readonly string[] } | { format: string; last: string };
  tied: boolean;
  parameters: number;
  layers: number;
  embed_dim: number;
  vocab_size: number;
  max_seq_len: number;
  /** Trained parameters for each unit of rank, by kind of layer. */
  lora_per_rank: Readonly<Record<'q' | 'k' | 'v' | 'output' | 'mlp', number>>;
  /** Of a builder: its arguments, and the narrow side of its smallest weight for 4-bit blocks. */
  sizes?: Readonly<Record<string, number>>;
}

/** How long the rows of its weights are: those that read the model's width, and those that read the width of its MLP. */
export const rowLengths = ({ embed_dim, layers, lora_per_rank: { mlp } }: ModelFacts): number[] => [
  embed_dim,
  mlp / layers / 3 - embed_dim,
];

/** The sizes of groups that torchao is made for; the largest that fills the rows of the model. */
const GROUPS = [256, 128, 64, 32];
export const largestGroup = (model: ModelFacts): number =>
  GROUPS.find((size) => rowLengths(model).every((row) => row % size === 0)) ?? Number(GROUPS.at(-1));

/** The models of one version of torchtune. */
export interface Registry {
  readonly known_models: readonly string[];
  canonicalModel(name: string): string | undefined;
  modelNamed(name: string): ModelFacts | undefined;
  modelOfComponent(component: string): ModelFacts | undefined;
}

export function registryFrom(models: readonly ModelFacts[]): Registry {
  const byName = new Map<string, { name: string; facts: ModelFacts }>();
  const byComponent = new Map<string, ModelFacts>();
  for (const facts of models) {
    const [first = ''] = facts.names;
    const { short } = facts;
    const [family = '', builder = ''] = short.split('.');
    for (const name of facts.names) byName.set(name.toLowerCase(), { name, facts });
    // torchtune's own names: llama3_2.llama3_2_1b, llama3_2_1b and the folder form llama3_2/1B.
    const size = builder.replace(`${family}_`, '').replace(/_instruct$/, '');
    for (const own of [short, builder, `torchtune.models.${short}`, `${family}/${size}`, `${family}/${size}`.replace('_', '.')]) {
      if (!byName.has(own.toLowerCase())) byName.set(own.toLowerCase(), { name: first, facts });
    }
    for (const component of [facts.full, facts.lora, facts.qlora]) if (component !== undefined) byComponent.set(component, facts);
  }
  const entry = (name: string): { name: string; facts: ModelFacts } | undefined => {
    const key = name.trim().toLowerCase();
    // A Hugging Face id is owner/name; torchtune's own names with a slash are found first.
    return byName.get(key) ?? (/^[\w.-]+\/[\w.-]+$/.test(key) ? byName.get(key.slice(key.indexOf('/') + 1)) : undefined);
  };
  return {
    known_models: models.flatMap((facts) => facts.names),
    canonicalModel: (name) => entry(name)?.name,
    modelNamed: (name) => entry(name)?.facts,
    modelOfComponent: (component) => byComponent.get(component),
  };
}

export const plannedSizes = (model: PlannedModel): Record<string, number> =>
  Object.fromEntries(
    [...model.sizes].filter(([, size]) => typeof size.value === 'number').map(([name, size]) => [name, Number(size.value)]),
  );
