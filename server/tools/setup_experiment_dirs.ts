import { z } from 'zod';
import { answer, dryRun, experimentDir, overwrite } from './shapes.ts';
import { defineTool, WRITES } from './tool.ts';

const names = z.array(z.string());

export const setupExperimentDirsTool = defineTool({
  name: 'setup_experiment_dirs',
  title: 'Set up experiment dirs',
  description:
    "Makes each run's folder with its evaluations/ folder, and the experiment's README.md, from runs_plan.md, and checks that they are there. Needs a plan (plan_runs). It writes no configs (create_torchtune_config) and no scripts (generate_slurm_script). Running it twice changes nothing.",
  input: z.strictObject({ experiment_dir: experimentDir, overwrite, dry_run: dryRun }),
  output: z.object({ ...answer, created: names, updated: names, unchanged: names, kept: names, counts: z.record(z.string(), z.number()) }),
  annotations: WRITES,
  handler: async (input, context) => (await import('../stages/setup_experiment_dirs.ts')).setupExperimentDirs(input, context),
});
