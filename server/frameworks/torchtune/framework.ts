import type { Framework } from '../../model/framework.ts';
import { formatFault } from './config/data_section.ts';
import { LLAMA3_SIZES } from './config/llama3_builder.ts';
import { render } from './config/render.ts';
import { unknownModel } from './config/unknown_model.ts';
import { judgeData } from './estimates/data_judgement.ts';
import { dataNeeds } from './estimates/dataset_needs.ts';
import { memoryMends } from './estimates/memory_mends.ts';
import { publishedSpeed } from './estimates/published_speed.ts';
import { ownKey } from './keys/own_keys.ts';
import { readConfig } from './reading/read_config.ts';
import { judgeConfig } from './rules/judge_config.ts';
import { checkpoints } from './runs/checkpoints.ts';
import { diagnose } from './runs/diagnose.ts';
import { easeMemory } from './runs/ease_memory.ts';
import { launchCommand } from './runs/launch_command.ts';
import { readProgress } from './runs/progress.ts';
import { resume } from './runs/resume.ts';
import { afterTraining } from './runs/run_leftovers.ts';
import type { Dialect } from './versions/dialect.ts';
import { V0_6_1 } from './versions/v0_6_1.ts';

/** Written for by name; 0.6.1 is what a plan means that names none. */
const VERSIONS = [V0_6_1.version, 'nightly'];

/** Of a known model, as which another one is built. */
const NO_SIZES = { required: [], optional: [], rangeMissed: () => undefined };

/** Loaded when a plan or a profile first asks for it. */
let nightly: Promise<Framework> | undefined;

async function inVersion(version: string): Promise<Framework | undefined> {
  if (version === V0_6_1.version) return torchtune;
  if (version !== 'nightly') return undefined;
  nightly ??= import('./versions/nightly.ts').then(({ NIGHTLY }) => frameworkOf(NIGHTLY));
  return nightly;
}

/** 0.7 was never released: every 0.7 is a nightly. */
const versionOf = (installed: string): string | undefined =>
  /^0\.7\./.test(installed) ? 'nightly' : installed.replace(/\+.*$/, '') === V0_6_1.version ? V0_6_1.version : undefined;

const frameworkOf = (dialect: Dialect): Framework => ({
  name: 'torchtune',
  version: dialect.version,
  versions: VERSIONS,
  inVersion,
  versionOf,
  install: `torchtune ${V0_6_1.version} (pip install "torchtune==${V0_6_1.version}" "torchao==0.11.0") or a nightly of 0.7`,
  config_tool: 'create_torchtune_config',
  config_file: 'finetune.yaml',
  canonicalModel: dialect.canonicalModel,
  known_models: dialect.known_models,
  unknownModel: (name) => unknownModel(dialect, name),
  builderSizes: (builder) => (builder === 'llama3' ? LLAMA3_SIZES : dialect.canonicalModel(builder) === undefined ? undefined : NO_SIZES),
  builders: ['llama3'],
  formatFault: (format) => formatFault(dialect, format),
  ownKey: (key) => ownKey(dialect, key),
  render: (request) => render(dialect, request),
  readConfig: (text, where) => readConfig(dialect, text, where),
  judgeConfig: (text, where) => judgeConfig(dialect, text, where),
  dataNeeds,
  judgeData: (config, findings) => judgeData(dialect, config, findings),
  memoryMends: (config, room) => memoryMends(dialect, config, room),
  publishedSpeed: (config, gpu) => publishedSpeed(dialect, config, gpu),
  deep_check: 'check_configs.py',
  program: 'tune',
  launchCommand,
  metrics_file: 'logs/metrics.log',
  readProgress,
  checkpoints,
  resume: (config, files, output) => resume(dialect, config, files, output),
  afterTraining: (config) => afterTraining(dialect, config),
  easeMemory,
  diagnose,
});

/** torchtune 0.6.1, the last release. */
export const torchtune: Framework = frameworkOf(V0_6_1);
