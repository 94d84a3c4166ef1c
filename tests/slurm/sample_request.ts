import type { ScriptRequest } from '../../server/slurm/script.ts';

/** A whole request on one GPU; tests say what differs. */
export const sampleRequest = (differing: Partial<ScriptRequest> = {}): ScriptRequest => ({
  experiment: 'cap_cross_eval',
  run: 'Llama-3.2-1B-Instruct_5L_rank8',
  run_dir: '/scratch/ml/experiments/cap_cross_eval/Llama-3.2-1B-Instruct_5L_rank8',
  resources: {
    gpus: 1,
    gpu_type: 'a100',
    nodes: 1,
    cpus: 4,
    mem: '13G',
    time: '01:00:00',
    partition: 'gpu',
    account: 'ml',
    qos: 'normal',
    constraint: 'a100&nvlink',
  },
  config_path: '/scratch/ml/experiments/cap_cross_eval/Llama-3.2-1B-Instruct_5L_rank8/finetune.yaml',
  config_digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  launch: [
    'tune',
    'run',
    'lora_finetune_single_device',
    '--config',
    '/scratch/ml/experiments/cap_cross_eval/Llama-3.2-1B-Instruct_5L_rank8/finetune.yaml',
  ],
  setup: ['module load anaconda3', 'conda activate torchtune'],
  env: { HF_HUB_OFFLINE: '1' },
  gpu_request: 'gres',
  runwright_version: '1.2.3',
  writes: ['/scratch/ml/experiments/cap_cross_eval/Llama-3.2-1B-Instruct_5L_rank8/artifacts'],
  metrics_file: 'artifacts/logs/metrics.txt',
  after: { doing: "tidying what's left", python: 'import sys\nprint(sys.argv[1:])\n', words: ['/scratch/ml/a b', "it's"] },
  ...differing,
});

export const CPU_RESOURCES: ScriptRequest['resources'] = { gpus: 0, nodes: 1, cpus: 2, mem: '9G', time: '00:10:00' };
