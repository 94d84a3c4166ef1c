import { type Attempt, isFinal } from '../experiment/attempts.ts';
import type { Context } from '../launch/context.ts';
import { openExperiment } from '../launch/experiment.ts';
import { jobRef } from '../launch/job_ref.ts';
import { openCluster } from '../launch/open_cluster.ts';
import { clusterExperimentDir } from '../launch/places.ts';
import { everyRun } from '../launch/watched_runs.ts';
import { chooseRuns } from '../model/run_selection.ts';
import { type Answer, plural, shortList, withProblems } from './answer.ts';

export interface CancelInput {
  experiment_dir: string;
  runs: string[];
  state?: string | undefined;
  confirm?: boolean | undefined;
}

export interface CancelOutput extends Answer {
  cancelled: string[];
  would_cancel: string[];
  not_running: string[];
}

/** Cancels the jobs of the chosen runs: first shows them, and acts when called again with `confirm`. */
export async function cancelRuns(input: CancelInput, context: Context): Promise<CancelOutput> {
  const experiment = await openExperiment(input.experiment_dir, context);
  const { place, attempts, problems } = experiment;
  const open: { run: string; attempt: Attempt }[] = [];
  const not_running: string[] = [];
  for (const run of chooseRuns(everyRun(experiment), input.runs)) {
    const attempt = attempts.get(run.name)?.at(-1);
    if (attempt === undefined || isFinal(attempt.state)) not_running.push(run.name);
    else if (input.state === undefined || attempt.state === input.state.toUpperCase()) open.push({ run: run.name, attempt });
  }
  const names = open.map(({ run }) => run);
  if (input.confirm !== true) {
    return {
      summary: `${plural(open.length, 'job')} would be cancelled; nothing was cancelled yet.`,
      cancelled: [],
      would_cancel: shortList(names),
      not_running: shortList(not_running),
      next:
        open.length === 0
          ? { tool: 'monitor_jobs', why: 'none of these runs has a job' }
          : { tool: 'cancel_runs', why: 'ask the person; then the same call with confirm: true cancels them' },
      ...withProblems(problems),
    };
  }
  const faults = [...problems];
  const cancelled: string[] = [];
  for (const cluster of new Set(open.map(({ attempt }) => attempt.cluster))) {
    const { profile, scheduler } = await openCluster(context, cluster);
    const root = clusterExperimentDir(profile, place);
    const mine = open.filter(({ attempt }) => attempt.cluster === cluster);
    const answers = await scheduler.cancel(
      mine.map(({ run, attempt }) => jobRef(root, run, attempt)),
      context.signal,
    );
    for (const { run, attempt } of mine) {
      const fault = answers.get(attempt.token);
      if (fault === undefined) cancelled.push(run);
      else
        faults.push({
          severity: 'error',
          where: run,
          what: `its job was not cancelled: ${fault}`,
          fix: 'call cancel_runs again, or scancel it by hand',
        });
    }
  }
  return {
    summary: `${plural(cancelled.length, 'job')} cancelled.`,
    cancelled: shortList(cancelled),
    would_cancel: [],
    not_running: shortList(not_running),
    next: { tool: 'monitor_jobs', why: 'sees the jobs end' },
    ...withProblems(faults),
  };
}
