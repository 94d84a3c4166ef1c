import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterProfile } from '../clusters/profile.ts';
import { isFinal } from '../experiment/attempts.ts';
import { withExperimentLock } from '../experiment/lock.ts';
import { runState } from '../experiment/status.ts';
import type { Context } from '../launch/context.ts';
import { type Experiment, openExperiment } from '../launch/experiment.ts';
import { type Look, look } from '../launch/look.ts';
import { profileOf } from '../launch/open_cluster.ts';
import { drip } from '../launch/submission/drip.ts';
import { watchedRuns } from '../launch/watched_runs.ts';
import { formatDuration } from '../model/duration.ts';
import type { Progress } from '../model/framework.ts';
import { type Answer, withProblems } from './answer.ts';
import { type Attention, attentionOf } from './attention.ts';
import { recordStatus } from './record_status.ts';
import { type PendingGroup, pendingGroups, waitingForRoom, waitWords } from './waiting.ts';

export interface MonitorInput {
  experiment_dir: string;
  wait_seconds?: number | undefined;
  until?: 'change' | 'done' | undefined;
}

export interface MonitorOutput extends Answer {
  counts: Record<string, number>;
  changed: string[];
  running: { run: string; job_id?: string; step?: number; steps_total?: number; loss?: number; eta?: string }[];
  attention: Attention[];
  /** Why jobs wait, in a person's words. */
  pending: PendingGroup[];
  /** Launched, and not submitted yet: a limit has no room. */
  waiting_for_room?: { runs: number; why: string };
  eta?: string;
  done: boolean;
  look_again_in_seconds?: number;
}

const SHOWN = 20;

/** Looks at every job that has not ended, and waits for a change or the end when asked to. */
export async function monitorJobs(input: MonitorInput, context: Context): Promise<MonitorOutput> {
  const deadline = context.now().getTime() + (input.wait_seconds ?? 0) * 1000;
  const until = input.until ?? 'change';
  const { place, plan } = await openExperiment(input.experiment_dir, context);
  const pace = paceOf(await profileOf(context, plan.cluster));
  let pause = pace.first;
  const changed = new Set<string>();
  for (let first = true; ; first = false) {
    const { experiment, seen, problems } = await oneLook(place.dir, first, context);
    for (const run of seen.changed) changed.add(run);
    const answer = report(experiment, seen, changed, pause);
    context.progress(answer.summary, doneCount(answer.counts), watchedRuns(experiment).length);
    const left = deadline - context.now().getTime();
    const enough = answer.done || (until === 'change' && changed.size > 0);
    if (enough || left <= 0 || context.signal.aborted) return { ...answer, ...withProblems([...experiment.problems, ...problems]) };
    pause = seen.changed.length > 0 ? pace.after_change : Math.min(pause * 1.5, pace.longest);
    await sleep(Math.min(pause * (900 + Math.floor(Math.random() * 200)), left), undefined, { signal: context.signal }).catch(
      () => undefined,
    );
  }
}

/** The plan is read anew under the lock: a person may edit it while this waits. */
async function oneLook(dir: string, first: boolean, context: Context) {
  return withExperimentLock(dir, async () => {
    const experiment = await openExperiment(dir, context);
    const seen = await look(experiment, context);
    // The queue is asked for room only where some may have come.
    const dripped = first || seen.changed.length > 0 ? await drip(experiment, context) : { submitted: [], problems: [] };
    seen.changed.push(...dripped.submitted);
    const problems = [
      ...dripped.problems,
      ...recordStatus(experiment, context),
      ...seen.trouble.map((what) => ({
        severity: 'warning' as const,
        where: 'cluster',
        what: `could not ask: ${what}`,
        fix: 'the states shown are the last ones known; monitor_jobs asks again',
      })),
    ];
    return { experiment, seen, problems };
  });
}

/**
 * Seconds between looks: the embedded scheduler costs nothing to ask, a cluster's administrators count every question. Where
 * something has just changed more will; where nothing does, the pauses grow.
 */
const paceOf = ({ scheduler }: ClusterProfile): { first: number; after_change: number; longest: number } =>
  scheduler === 'process' ? { first: 1, after_change: 1, longest: 10 } : { first: 4, after_change: 8, longest: 150 };

const doneCount = (counts: Record<string, number>): number =>
  Object.entries(counts).reduce((sum, [state, count]) => sum + (isFinal(state) ? count : 0), 0);

function report(experiment: Experiment, seen: Look, changed: ReadonlySet<string>, pause: number): MonitorOutput {
  const trained = watchedRuns(experiment);
  const counts: Record<string, number> = {};
  const running: MonitorOutput['running'] = [];
  for (const run of trained) {
    const state = runState(run.type, experiment.attempts.get(run.name));
    counts[state] = (counts[state] ?? 0) + 1;
    const attempt = experiment.attempts.get(run.name)?.at(-1);
    if (state !== 'RUNNING') continue;
    const progress = seen.progress.get(run.name) ?? {};
    running.push({ run: run.name, ...(attempt?.job_id === undefined ? {} : { job_id: attempt.job_id }), ...shownProgress(progress) });
  }
  const etas = [...seen.progress.values()].map(secondsLeft).filter((seconds) => seconds !== undefined);
  const launched = trained.filter((run) => experiment.attempts.has(run.name));
  const done = launched.length > 0 && launched.every((run) => isFinal(runState(run.type, experiment.attempts.get(run.name))));
  const waiting = waitingForRoom(experiment);
  return {
    summary: `${Object.entries(counts)
      .map(([state, count]) => `${count} ${state}`)
      .join(
        ', ',
      )}${done ? '; every launched job has ended' : ''}${waiting === undefined ? '' : `; ${waitWords(waiting)}`}${seen.trouble.length > 0 ? '; not everything could be asked, so some states are the last ones known' : ''}.`,
    counts,
    changed: [...changed].slice(0, SHOWN),
    running: running.slice(0, SHOWN),
    attention: attentionOf(experiment, seen).slice(0, SHOWN),
    pending: pendingGroups(experiment, seen.starts),
    ...(waiting === undefined ? {} : { waiting_for_room: waiting }),
    ...(counts.PENDING === undefined && waiting === undefined && etas.length > 0 ? { eta: formatDuration(Math.max(...etas)) } : {}),
    done,
    ...(done ? {} : { look_again_in_seconds: Math.ceil(pause) }),
    next: nextAfter(counts, done, launched.length),
  };
}

function secondsLeft({ step, steps_total, seconds_per_step }: Progress): number | undefined {
  return step === undefined || steps_total === undefined || seconds_per_step === undefined
    ? undefined
    : Math.max(0, steps_total - step) * seconds_per_step;
}

function shownProgress(progress: Progress): Omit<MonitorOutput['running'][number], 'run' | 'job_id'> {
  const { step, steps_total, loss } = progress;
  const left = secondsLeft(progress);
  return {
    ...(step === undefined ? {} : { step }),
    ...(steps_total === undefined ? {} : { steps_total }),
    ...(loss === undefined || !Number.isFinite(loss) ? {} : { loss: Number(loss.toPrecision(5)) }),
    ...(left === undefined ? {} : { eta: formatDuration(left) }),
  };
}

function nextAfter(counts: Record<string, number>, done: boolean, launched: number): Answer['next'] {
  if (launched === 0) return { tool: 'preflight_runs', why: 'no run has been launched yet' };
  if (!done) return { tool: 'monitor_jobs', why: 'jobs are still going; wait_seconds with until "change" or "done" waits here' };
  const failed = Object.entries(counts).some(([state]) => isFinal(state) && state !== 'COMPLETED');
  return failed
    ? { tool: 'diagnose_runs', why: 'tells why runs failed, and how to go on' }
    : { tool: 'experiment_status', why: 'every launched run is COMPLETED' };
}
