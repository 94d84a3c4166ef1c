import type { RunFile } from '../../../server/model/framework.ts';
import { type Cells, configText, requestFor } from '../example_plan.ts';

export function configOf(cells: Cells, example?: Parameters<typeof requestFor>[1]): string {
  return configText(requestFor(cells, example));
}

export const saved = (path: string, size: number, modified: number): RunFile => ({ path: `artifacts/${path}`, size, modified });

/** Sizes as a run of two layers left them; config.json keeps the time of the file that it is a copy of. */
export const loraEpoch = (epoch: number, modified: number): RunFile[] => [
  saved(`epoch_${epoch}/adapter_config.json`, 134, modified + 0.002),
  saved(`epoch_${epoch}/adapter_model.pt`, 92_303, modified),
  saved(`epoch_${epoch}/adapter_model.safetensors`, 86_968, modified + 0.001),
  saved(`epoch_${epoch}/config.json`, 378, 5),
];

export const fullEpoch = (epoch: number, modified: number): RunFile[] => [
  saved(`epoch_${epoch}/model-00001-of-00002.safetensors`, 4_000_000, modified),
  saved(`epoch_${epoch}/model-00002-of-00002.safetensors`, 2_000_000, modified + 1),
  saved(`epoch_${epoch}/model.safetensors.index.json`, 1_728, modified + 1.1),
  saved(`epoch_${epoch}/config.json`, 378, 5),
];

export const state = (modified: number, size = 188_945): RunFile => saved('recipe_state/recipe_state.pt', size, modified);

/** The bar of epoch 2 in a job's output. */
export const barOf = (stepsPerEpoch: number): string =>
  `\r2|${stepsPerEpoch + 3}|Loss: 1.5:  30%|###   | 3/${stepsPerEpoch} [00:10<00:20,  1.20s/it]`;

export const without = (files: readonly RunFile[], name: string): RunFile[] => files.filter(({ path }) => !path.endsWith(name));
export const cut = (files: readonly RunFile[], name: string, size: number): RunFile[] =>
  files.map((file) => (file.path.endsWith(name) ? { ...file, size } : file));
