import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/context.ts';
import { emptyModel, standInTune, wordData } from '../support/stand_in_tune.ts';

/** A machine without a GPU, with models and data in place, and a stand-in for torchtune. */
export function laptop(): { home: string; models: string; data: string } {
  const home = temporaryFolder();
  const bin = standInTune(join(home, 'bin'));
  mkdirSync(join(home, 'experiments'));
  writeFileSync(join(home, 'experiments', 'clusters.yaml'), `local:\n  setup:\n    - export PATH=${bin}:$PATH\n`);
  const models = join(home, 'models');
  for (const [model, weights] of [
    ['Llama-3.2-1B-Instruct', ['model.safetensors']],
    ['Llama-3.2-3B-Instruct', ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']],
  ] as const)
    emptyModel(join(models, model), ['config.json', 'original/tokenizer.model', ...weights]);
  const data = join(home, 'data');
  wordData(data, ['words_5L.json', 'words_9L.json', 'words_13L.json'], 64);
  return { home, models, data };
}

/** Job settings that any machine has. */
export const ON_CPU = { gpus: 0, dtype: 'fp32', cpus: 1, mem: '1G' };
