import type { YamlValue } from '../config/yaml_value.ts';
import type { Components } from '../versions/components.ts';
import type { ModelFacts } from '../versions/registry.ts';

/** A config as the rules see it, whether a plan makes it or a person has made it by hand. */
export interface Judged {
  /** Of torchtune, and what it knows. */
  version: string;
  known: Components;
  recipe: string;
  cpu: boolean;
  nodes: number;
  /** All GPUs of the run; 1 on the CPU. */
  devices: number;
  model: ModelFacts | undefined;
  /** From which a student learns. */
  teacher: ModelFacts | undefined;
  /** Whether each of its data sets is packed. */
  packed: readonly boolean[];
  value(key: string): YamlValue | undefined;
  /** Has the person written it, or something below it, rather than we? */
  given(key: string): boolean;
}

/** Words for the message beside the config's own. */
export type Words = Readonly<Record<string, string | number>>;

export interface Rule {
  name: string;
  why: string;
  /** What torchtune does with such a config: the text with which it ends in backticks, or the silent harm. */
  torchtune: string;
  /** Our message and its mend: `{key}` stands for the key as the person writes it, `{=key}` for its value, `{word}` for one of the words. */
  what: string;
  fix: string;
  /** The keys that cause it: the message points at the first that the person has written. */
  at: readonly string[];
  /** Of no file: torchtune's own configs are like that. */
  of_plans?: true;
  /** An error when left out. `no effect`: torchtune trains just as without the key. */
  weight?: 'warning' | 'no effect';
  broken(config: Judged): boolean | Words | undefined;
}

export const isTrue = (config: Judged, key: string): boolean => config.value(key) === true;
export const numberOf = (config: Judged, key: string): number | undefined => {
  const value = config.value(key);
  return typeof value === 'number' ? value : undefined;
};
export const stringOf = (config: Judged, key: string): string => {
  const value = config.value(key);
  return typeof value === 'string' ? value : '';
};
export const isSet = (config: Judged, key: string): boolean => (config.value(key) ?? null) !== null;

export const component = (config: Judged, section: string): string => stringOf(config, `${section}._component_`);
export const isLora = (config: Judged): boolean => /\.q?lora_\w+$/.test(component(config, 'model'));
export const isQuantised = (config: Judged): boolean =>
  isTrue(config, 'model.quantize_base') || /\.qlora_\w+$/.test(component(config, 'model'));
