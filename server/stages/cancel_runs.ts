import { type Attempt, isFinal, WAITING } from '../experiment/attempts.ts';
import type { Context } from '../launch/context.ts';
import { openExperiment } from '../launch/experiment.ts';
import { jobRef } from '../launch/job_ref.ts';
import { openCluster } from '../launch/open_cluster.ts';
import { clusterExperimentDir } from '../launch/places.ts';
import { withdraw } from '../launch/submission/withdraw.ts';
import { everyRun } from '../launch/watched_runs.ts';
import { digest } from '../model/digest.ts';
import { FINAL_STATES, LIVE_STATES } from '../model/job_state.ts';
import { didYouMean } from '../model/nearest.ts';
import type { Problem } from '../model/problem.ts';
import { UserError } from '../model/problem.ts';
import { chooseRuns } from '../model/run_selection.ts';
import { type Answer, fewNames, plural, shortList, withProblems } from './answer.ts';

export interface CancelInput {
  experiment_dir: string;
  runs?: string[] | undefined;
  state?: string | undefined;
  /** The cancel_id of the call that showed the jobs. */
  confirm?: string | undefined;
}

export interface CancelOutput extends Answer {
  cancelled: string[];
  would_cancel: string[];
  not_running: string[];
  counts: { cancelled: number; would_cancel: number; not_running: number };
  /** Stands for exactly these jobs; absent when there are none. */
  cancel_id?: string;
}

/** Of jobs: Slurm's, and those of a submission that waits for room or is in doubt. */
const STATES: readonly string[] = [...LIVE_STATES, ...FINAL_STATES, WAITING, 'uncertain', 'refused'];

interface OpenJob {
  run: string;
  attempt: Attempt;
}

/** Two steps: the first call shows the jobs and names them by an id; the same call with that id cancels those and no others. */
export async function cancelRuns(input: CancelInput, context: Context): Promise<CancelOutput> {
  if (input.runs === undefined && input.state === undefined)
    throw new UserError('say which jobs: runs (["*"] for all), or state, such as "PENDING"; nothing was cancelled');
  const state = input.state?.toUpperCase();
  if (state !== undefined && !STATES.some((known) => known.toUpperCase() === state))
    throw new UserError(`no job can be in state "${input.state}"; ${didYouMean(input.state ?? '', STATES)} (nothing was cancelled)`);
  const experiment = await openExperiment(input.experiment_dir, context);
  const { place, attempts, problems } = experiment;
  const open: OpenJob[] = [];
  const not_running: string[] = [];
  for (const run of chooseRuns(everyRun(experiment), input.runs)) {
    const attempt = attempts.get(run.name)?.at(-1);
    if (attempt === undefined || isFinal(attempt.state)) not_running.push(run.name);
    else if (state === undefined || attempt.state.toUpperCase() === state) open.push({ run: run.name, attempt });
  }
  const id = digest(JSON.stringify(open.map(({ attempt }) => attempt.token).sort())).slice(0, 16);
  const shown = { not_running: fewNames(not_running), ...(open.length === 0 ? {} : { cancel_id: id }) };
  if (input.confirm === undefined) {
    return {
      summary: `${jobsOf(open)} would be cancelled; nothing was cancelled yet.`,
      cancelled: [],
      would_cancel: shortList(open.map(({ run }) => run)),
      ...shown,
      counts: { cancelled: 0, would_cancel: open.length, not_running: not_running.length },
      next:
        open.length === 0
          ? {
              tool: 'monitor_jobs',
              why: `none of these runs has a job that ${state === undefined ? 'waits or runs' : `is ${input.state}`}`,
            }
          : { tool: 'cancel_runs', why: `ask the person; then the same call with confirm: "${id}" cancels them` },
      ...withProblems(problems),
    };
  }
  if (input.confirm !== id)
    throw new UserError(
      `the jobs are not those that ${JSON.stringify(input.confirm)} stands for: ${jobsOf(open)} would be cancelled now; ` +
        'nothing was cancelled; call cancel_runs without confirm, show its answer to the person, and pass the cancel_id that it gives',
    );
  const { cancelled, faults } = await cancelAll(open, place, context);
  return {
    summary: `${plural(cancelled.length, 'job')} cancelled.`,
    cancelled: shortList(cancelled),
    would_cancel: [],
    not_running: shown.not_running,
    counts: { cancelled: cancelled.length, would_cancel: 0, not_running: not_running.length },
    next: { tool: 'monitor_jobs', why: 'sees the jobs end' },
    ...withProblems([...problems, ...faults]),
  };
}

/** `3 jobs (2 PENDING, 1 RUNNING)` */
function jobsOf(open: readonly OpenJob[]): string {
  const counts = new Map<string, number>();
  for (const { attempt } of open) counts.set(attempt.state, (counts.get(attempt.state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  return `${plural(open.length, 'job')}${states === '' ? '' : ` (${states})`}`;
}

/** One request for each cluster, whatever the number of jobs. */
async function cancelAll(open: readonly OpenJob[], place: Parameters<typeof clusterExperimentDir>[1], context: Context) {
  const withdrawn = await withdraw(
    place.dir,
    open.flatMap(({ attempt }) => (attempt.state === WAITING ? [attempt.token] : [])),
    context,
  );
  const cancelled = open.filter(({ attempt }) => withdrawn.has(attempt.token)).map(({ run }) => run);
  const jobs = open.filter(({ attempt }) => !withdrawn.has(attempt.token));
  const faults: Problem[] = [];
  for (const cluster of new Set(jobs.map(({ attempt }) => attempt.cluster))) {
    const { profile, scheduler } = await openCluster(context, cluster);
    const root = clusterExperimentDir(profile, place);
    const mine = jobs.filter(({ attempt }) => attempt.cluster === cluster);
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
  return { cancelled, faults };
}
