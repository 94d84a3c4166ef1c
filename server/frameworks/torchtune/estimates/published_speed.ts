import { at, readTree } from '../reading/config_tree.ts';
import { modelOf } from '../reading/read_config.ts';
import { launchOf } from '../reading/recipe_of.ts';
import type { Dialect } from '../versions/dialect.ts';
import { datasetNodes } from './dataset_needs.ts';
import { isLora, isQuantised } from './memory_estimate.ts';

/** Tokens a second over all GPUs, as published with the batch and the length that they were measured at. */
interface Published {
  parameters: number;
  method: 'full' | 'lora' | 'qlora';
  gpu: RegExp;
  gpus: number;
  packed: boolean;
  tokens_per_second: number;
  source: string;
}

const README = 'torchtune 0.6.1 README';

/** Only points whose GPU, method and packing are told; anything else is "unknown" rather than a guess. */
const PUBLISHED: readonly Published[] = [
  { parameters: 8.03e9, method: 'full', gpu: /4090/, gpus: 1, packed: true, tokens_per_second: 1650, source: README },
  { parameters: 8.03e9, method: 'full', gpu: /a6000/, gpus: 1, packed: true, tokens_per_second: 2579, source: README },
  { parameters: 8.03e9, method: 'lora', gpu: /4090/, gpus: 1, packed: true, tokens_per_second: 3083, source: README },
  { parameters: 8.03e9, method: 'lora', gpu: /a6000/, gpus: 1, packed: true, tokens_per_second: 4699, source: README },
  { parameters: 8.03e9, method: 'qlora', gpu: /4090/, gpus: 1, packed: true, tokens_per_second: 2413, source: README },
  { parameters: 70.6e9, method: 'lora', gpu: /a100/, gpus: 8, packed: true, tokens_per_second: 3497, source: README },
  { parameters: 3.2e9, method: 'full', gpu: /a100/, gpus: 1, packed: false, tokens_per_second: 2091, source: README },
  { parameters: 3.2e9, method: 'full', gpu: /a100/, gpus: 1, packed: true, tokens_per_second: 7210, source: README },
  { parameters: 3.2e9, method: 'lora', gpu: /a100/, gpus: 1, packed: true, tokens_per_second: 8210, source: README },
  { parameters: 3.2e9, method: 'qlora', gpu: /a100/, gpus: 1, packed: true, tokens_per_second: 8035, source: README },
];

/** The published point of the same model size (within a tenth), method, packing and GPUs. */
export function publishedSpeed(dialect: Dialect, config: string, gpu: string): { tokens_per_second: number; source: string } | undefined {
  const tree = readTree(config, 'the config');
  const model = modelOf(dialect, tree);
  if (model === undefined || at(tree, 'model.use_dora') === true || /dpo|knowledge/.test(launchOf(config, tree, 'the config').recipe))
    return undefined;
  const { nodes, gpus_per_node } = launchOf(config, tree, 'the config');
  const method = !isLora(tree) ? 'full' : isQuantised(tree) ? 'qlora' : 'lora';
  const packed = datasetNodes(tree).some((node) => node.packed === true);
  return PUBLISHED.find(
    (row) =>
      Math.abs(row.parameters / model.parameters - 1) < 0.1 &&
      row.method === method &&
      row.packed === packed &&
      row.gpus === nodes * gpus_per_node &&
      row.gpu.test(gpu.toLowerCase()),
  );
}
