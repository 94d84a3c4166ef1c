import type { Framework } from '../../server/model/framework.ts';
import { nearest } from '../../server/model/nearest.ts';

const MODELS = ['Llama-3.2-1B-Instruct', 'Llama-3.2-3B-Instruct'];
const KEYS = ['optimizer.betas', 'log_every_n_steps', 'tokenizer.max_seq_len'];
const FORMATS = ['instruct', 'chat', 'alpaca', 'completion'];

const unused = (): never => {
  throw new Error('a plan needs none of this');
};

/** What a plan asks of a framework, and nothing more. */
export const fakeFramework: Framework = {
  name: 'torchtune',
  version: '0.6.1',
  versions: ['0.6.1', 'nightly'],
  inVersion: async (version) => (['0.6.1', 'nightly'].includes(version) ? fakeFramework : undefined),
  versionOf: unused,
  install: 'torchtune 0.6.1',
  config_tool: 'create_torchtune_config',
  config_file: 'finetune.yaml',
  canonicalModel: (name) => MODELS.find((model) => model === name || `meta-llama/${model}` === name),
  known_models: MODELS,
  unknownModel: (name) => ({ what: `nobody knows "${name}"`, fix: 'name another' }),
  builders: ['llama3'],
  builderSizes: (builder) =>
    builder === 'llama3'
      ? {
          required: ['num_layers', 'embed_dim'],
          optional: ['norm_eps', 'model_type'],
          rangeMissed: (size, value) =>
            size === 'model_type' || (typeof value === 'number' && value > 0) ? undefined : 'a number above 0',
        }
      : MODELS.includes(builder)
        ? { required: [], optional: [], rangeMissed: () => undefined }
        : undefined,
  formatFault: (format) => (FORMATS.includes(format) ? undefined : `use one of ${FORMATS.join(', ')}`),
  ownKey: (key) => {
    if (key === 'validate') return { known: false, instead: 'only nightly has it' };
    const near = nearest(key, KEYS);
    return { known: KEYS.includes(key), ...(near === undefined ? {} : { nearest: near }) };
  },
  render: unused,
  readConfig: unused,
  judgeConfig: unused,
  program: 'fake',
  launchCommand: unused,
  afterTraining: unused,
  metrics_file: 'artifacts/metrics.txt',
  readProgress: unused,
  checkpoints: unused,
  resume: unused,
  easeMemory: unused,
  diagnose: unused,
  dataNeeds: unused,
  judgeData: unused,
  memoryMends: unused,
  publishedSpeed: unused,
  deep_check: 'none.py',
};

export const parseOptions = {
  framework: (name: string) => (name === 'torchtune' ? fakeFramework : undefined),
  clusterNames: ['local', 'della'],
};
