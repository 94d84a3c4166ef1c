import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyModel, standInTune, wordData } from './stand_in_tune.ts';

/** Two fine-tune runs and a base run of a tiny model on the embedded cluster, with a stand-in for torchtune. */
export function localExperiment(home: string, tune?: string) {
  const bin = standInTune(join(home, 'bin'), tune);
  const model = join(home, 'models', 'tiny-llama3');
  emptyModel(model, ['config.json', 'model.safetensors', 'original/tokenizer.model']);
  wordData(join(home, 'data'), ['words_5L.json'], 64);
  mkdirSync(join(home, 'experiments'), { recursive: true });
  writeFileSync(join(home, 'experiments', 'clusters.yaml'), `local:\n  setup:\n    - export PATH=${bin}:$PATH\n`);
  const sizes = {
    builder: 'llama3',
    num_layers: 2,
    num_heads: 8,
    num_kv_heads: 4,
    embed_dim: 64,
    intermediate_dim: 256,
    max_seq_len: 1024,
    vocab_size: 128256,
  };
  return {
    experiment_dir: 'words_2025-10-20',
    plan: {
      title: 'Does rank matter?',
      models: [{ model: 'tiny-llama3', path: model, ...sizes }],
      datasets: [{ dataset: 'words_5L', path: join(home, 'data', 'words_5L.json'), format: 'instruct' }],
      defaults: { method: 'lora', epochs: 1, lr: '3e-4', batch_size: 4, gpus: 0, dtype: 'fp32', cpus: 1, time: '0:05:00' },
      runs: [
        { run: 'tiny_base', type: 'base' as const, model: 'tiny-llama3' },
        { run: 'tiny_rank4', model: 'tiny-llama3', dataset: 'words_5L', lora_rank: 4 },
        { run: 'tiny_rank8', model: 'tiny-llama3', dataset: 'words_5L', lora_rank: 8 },
      ],
    },
  };
}
