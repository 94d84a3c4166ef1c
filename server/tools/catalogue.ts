import { addClusterTool } from './add_cluster.ts';
import { cancelRunsTool } from './cancel_runs.ts';
import { checkClusterTool } from './check_cluster.ts';
import { createTorchtuneConfigTool } from './create_torchtune_config.ts';
import { diagnoseRunsTool } from './diagnose_runs.ts';
import { experimentStatusTool } from './experiment_status.ts';
import { generateSlurmScriptTool } from './generate_slurm_script.ts';
import { launchRunsTool } from './launch_runs.ts';
import { monitorJobsTool } from './monitor_jobs.ts';
import { planRunsTool } from './plan_runs.ts';
import { preflightRunsTool } from './preflight_runs.ts';
import { readJobLogTool } from './read_job_log.ts';
import { setupExperimentDirsTool } from './setup_experiment_dirs.ts';
import type { Tool } from './tool.ts';

/** Every tool, in the order of the workflow: the order in which they are listed. */
export const TOOLS = [
  checkClusterTool,
  addClusterTool,
  planRunsTool,
  experimentStatusTool,
  setupExperimentDirsTool,
  createTorchtuneConfigTool,
  generateSlurmScriptTool,
  preflightRunsTool,
  launchRunsTool,
  monitorJobsTool,
  diagnoseRunsTool,
  readJobLogTool,
  cancelRunsTool,
] as unknown as readonly Tool[];
