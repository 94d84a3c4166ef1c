import { basename, join } from 'node:path';
import { placeOf, refuseLinksOut } from '../experiment/place.ts';
import type { Context } from '../launch/context.ts';
import { openExperiment } from '../launch/experiment.ts';
import { SCRIPT_FILE } from '../launch/run_files.ts';
import { everyRun } from '../launch/watched_runs.ts';
import { readTextIfThere } from '../model/files.ts';
import { PLAN_FILE } from '../model/plan.ts';
import { UserError } from '../model/problem.ts';
import { chooseRuns } from '../model/run_selection.ts';
import { fenced } from '../model/untrusted.ts';
import { readJobLog } from '../stages/read_job_log.ts';

interface Named {
  experiment: string;
  run: string;
}

const STATUS_FILE = 'runs_status.yaml';
const MOST_LINES = 500;

export const readPlanFile = async ({ experiment }: Named, context: Context): Promise<string> =>
  readOf(experiment, PLAN_FILE, 'plan_runs', context);

export const readStatusFile = async ({ experiment }: Named, context: Context): Promise<string> =>
  readOf(experiment, STATUS_FILE, 'plan_runs', context);

export async function readConfigFile({ experiment, run }: Named, context: Context): Promise<string> {
  const { framework } = await withRun(experiment, run, context);
  return readOf(experiment, join(run, framework.config_file), framework.config_tool, context);
}

export async function readScriptFile({ experiment, run }: Named, context: Context): Promise<string> {
  await withRun(experiment, run, context);
  return readOf(experiment, join(run, SCRIPT_FILE), 'generate_slurm_script', context);
}

export async function readLogOfRun({ experiment, run }: Named, context: Context): Promise<string> {
  const { untrusted_log } = await readJobLog({ experiment_dir: folderName(experiment), run, lines: MOST_LINES }, context);
  return fenced(untrusted_log);
}

/** A name and no path: whatever the URI says, it stays below the root. */
function folderName(experiment: string): string {
  if (experiment === '' || experiment.startsWith('.') || basename(experiment) !== experiment || experiment.includes('\\'))
    throw new UserError(`"${experiment}" is no name of an experiment below the experiments root`);
  return experiment;
}

async function withRun(experiment: string, run: string, context: Context) {
  const opened = await openExperiment(folderName(experiment), context);
  chooseRuns(everyRun(opened), [run]);
  return opened;
}

function readOf(experiment: string, file: string, tool: string, context: Context): string {
  const path = join(placeOf(folderName(experiment), context.root).dir, file);
  refuseLinksOut([path], context.root);
  const text = readTextIfThere(path);
  if (text === undefined) throw new UserError(`${path} is not there; ${tool} writes it`);
  return text;
}
