import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { testContext } from './context.ts';
import { localExperiment } from './local_experiment.ts';

/** A trainer that goes on until the file `go` lies beside the experiments: its job does not end by itself. */
export const untilLetGo = (home: string): string =>
  `#!/bin/bash\nfor i in $(seq 1200); do [ -e ${join(home, 'go')} ] && exit 0; sleep 0.05; done\n`;

export const letGo = (home: string): void => writeFileSync(join(home, 'go'), '');

/** The small experiment on the embedded cluster, with a plan and nothing else. */
export async function planned(tune?: (home: string) => string) {
  const context = testContext();
  const { experiment_dir, plan } = localExperiment(context.home, tune?.(context.home));
  await planRuns({ experiment_dir, plan }, context);
  return { context, experiment_dir, plan, dir: join(context.root.dir, experiment_dir) };
}

/** The same, ready for its preflight. */
export async function prepared(tune?: (home: string) => string) {
  const experiment = await planned(tune);
  const { context, experiment_dir } = experiment;
  await setupExperimentDirs({ experiment_dir }, context);
  await createTorchtuneConfig({ experiment_dir }, context);
  await generateSlurmScript({ experiment_dir }, context);
  return experiment;
}

/** The same, with both jobs submitted. */
export async function launched(tune?: (home: string) => string) {
  const experiment = await prepared(tune);
  const { context, experiment_dir } = experiment;
  const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
  await launchRuns({ experiment_dir, preflight_id }, context);
  return { ...experiment, preflight_id };
}
