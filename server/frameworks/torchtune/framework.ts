import type { Framework } from '../../model/framework.ts';
import { checkpoints } from './checkpoints.ts';
import { judgeData } from './data_judgement.ts';
import { formatFault } from './data_section.ts';
import { dataNeeds } from './dataset_needs.ts';
import { diagnose } from './diagnose.ts';
import { easeMemory } from './ease_memory.ts';
import { launchCommand } from './launch_command.ts';
import { LLAMA3_SIZES } from './llama3_builder.ts';
import { memoryMends } from './memory_mends.ts';
import { ownKey } from './own_keys.ts';
import { readProgress } from './progress.ts';
import { publishedSpeed } from './published_speed.ts';
import { readConfig } from './read_config.ts';
import { canonicalModel, KNOWN_MODELS } from './registry.ts';
import { render } from './render.ts';
import { resume } from './resume.ts';
import { afterTraining } from './run_leftovers.ts';

/** torchtune 0.6.1. */
export const torchtune: Framework = {
  name: 'torchtune',
  config_tool: 'create_torchtune_config',
  config_file: 'finetune.yaml',
  canonicalModel,
  known_models: KNOWN_MODELS,
  builderSizes: (builder) => (builder === 'llama3' ? LLAMA3_SIZES : undefined),
  builders: ['llama3'],
  formatFault,
  ownKey,
  render,
  readConfig,
  dataNeeds,
  judgeData,
  memoryMends,
  publishedSpeed,
  deep_check: 'check_configs.py',
  program: 'tune',
  launchCommand,
  metrics_file: 'logs/metrics.log',
  readProgress,
  checkpoints,
  resume,
  afterTraining,
  easeMemory,
  diagnose,
};
