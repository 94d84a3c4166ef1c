import { readFileSync } from 'node:fs';
import type { YamlValue } from '../../../server/frameworks/torchtune/config/yaml_value.ts';
import { WITHOUT_KEY } from '../../../server/frameworks/torchtune/versions/shipped.ts';

type Node = YamlValue;
export interface Shipped {
  name: string;
  recipe: string;
  method: string;
  model: string;
  /** Every key but the profiler's, dotted. */
  keys: Readonly<Record<string, YamlValue>>;
}

/** Keys besides those of WITHOUT_KEY for which our defaults follow the shipped config. */
const FOLLOWED = [
  'batch_size',
  'gradient_accumulation_steps',
  'optimizer._component_',
  'optimizer.lr',
  'lr_scheduler.num_warmup_steps',
  'model.lora_rank',
  'model.lora_alpha',
];

export function flatten(node: Node, path: string, into: Record<string, YamlValue>): void {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) into[path] = node;
  else for (const [key, inner] of Object.entries(node)) flatten(inner, path === '' ? key : `${path}.${key}`, into);
}

function methodOf(recipe: string, keys: Readonly<Record<string, YamlValue>>): string {
  const quantised = String(keys['model._component_']).includes('.qlora_') || keys['model.quantize_base'] === true;
  if (keys['model.use_dora'] === true) return quantised ? 'qdora' : 'dora';
  return quantised ? 'qlora' : /lora|knowledge/.test(recipe) ? 'lora' : 'full';
}

const RECORDED = new URL('./recorded/shipped_configs.json', import.meta.url);

/** What python/shipped_configs.py printed. */
export function shippedConfigs(): Shipped[] {
  const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Record<string, { recipe: string; config: Node }>;
  return Object.entries(recorded).map(([name, { recipe, config }]) => {
    const keys: Record<string, YamlValue> = {};
    flatten(config, '', keys);
    const model = String(keys['model._component_'])
      .replace('torchtune.models.', '')
      .replace(/\.q?lora_/, '.');
    return { name, recipe, method: methodOf(recipe, keys), model, keys };
  });
}

/** The server's data: of every shipped config the values that ours follow, where they are not what torchtune does without the key. */
export function shippedData(): string {
  const lines = shippedConfigs().map(({ keys, ...config }) => {
    const followed = Object.entries(keys).filter(([key, value]) =>
      key in WITHOUT_KEY ? JSON.stringify(value) !== JSON.stringify(WITHOUT_KEY[key]) : FOLLOWED.includes(key),
    );
    return `  ${JSON.stringify({ ...config, values: Object.fromEntries(followed) })}`;
  });
  return `[\n${lines.join(',\n')}\n]\n`;
}
