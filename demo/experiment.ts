import { TINY_LLAMA } from './tiny_model.ts';

const MODEL = 'tiny-llama3';
export const WORD_LENGTHS = [5, 9, 13] as const;
/** 32 steps of 4 words. */
export const WORDS_EACH = 128;

export const datasetName = (length: number): string => `words_${length}L`;

const TITLE = 'Does capitalisation learnt on short words carry over to long ones?';
const PROSE = `A cross-evaluation in miniature: a Llama 3 with two layers and random weights learns to capitalise words of 5 or of 13
letters, with LoRA matrices of rank 4 or 8. The base run stays as it is, for comparison. The numbers mean nothing; every
step on the way to them is the real one.
`;

export interface DemoRun {
  run: string;
  type: 'fine-tune' | 'base';
}

const fineTunes = [5, 13].flatMap((length) =>
  [4, 8].map((rank) => ({
    run: `${MODEL}_${length}L_rank${rank}`,
    type: 'fine-tune' as const,
    model: MODEL,
    dataset: datasetName(length),
    lora_rank: rank,
  })),
);

const base = { run: `${MODEL}_base`, type: 'base' as const, model: MODEL };

export const DEMO_RUNS: readonly DemoRun[] = [base, ...fineTunes];

/** The input of `plan_runs`. `modelDir` and `dataDir` are where they lie on the cluster. */
export function demoPlan(experiment: string, cluster: string, modelDir: string, dataDir: string): Record<string, unknown> {
  return {
    experiment,
    framework: 'torchtune',
    cluster,
    title: TITLE,
    prose: PROSE,
    models: [{ model: MODEL, path: modelDir, builder: 'llama3', ...TINY_LLAMA }],
    datasets: WORD_LENGTHS.map((length) => ({
      dataset: datasetName(length),
      path: `${dataDir}/${datasetName(length)}.json`,
      format: 'instruct',
    })),
    defaults: {
      method: 'lora',
      lora_alpha: 16,
      lora_modules: 'q_proj, v_proj, mlp, output',
      batch_size: 4,
      gradient_accumulation_steps: 1,
      epochs: 1,
      lr: 0.01,
      warmup_steps: 4,
      max_seq_len: 256,
      seed: 7,
      dtype: 'fp32',
      activation_checkpointing: false,
      save_adapter_weights_only: true,
      gpus: 0,
      cpus: 1,
      mem: '3G',
      time: '0:10:00',
    },
    runs: [base, ...fineTunes],
  };
}
