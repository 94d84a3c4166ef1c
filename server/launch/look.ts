import { join } from 'node:path';
import { ConnectionError } from '../clusters/connection.ts';
import type { JobRef, JobSighting, Observation } from '../clusters/scheduler.ts';
import { type Attempt, isFinal, WAITING } from '../experiment/attempts.ts';
import { appendJournal, type JournalEntry } from '../experiment/journal.ts';
import { readTextIfThere } from '../model/files.ts';
import type { Progress } from '../model/framework.ts';
import { UserError } from '../model/problem.ts';
import type { Context } from './context.ts';
import { standstill } from './diagnosis/standstill.ts';
import { type Experiment, journalOf } from './experiment.ts';
import { jobRef } from './job_ref.ts';
import { openCluster } from './open_cluster.ts';
import { clusterExperimentDir } from './places.ts';

export interface Look {
  /** Runs whose state changed. */
  changed: string[];
  progress: Map<string, Progress>;
  /** Running runs that have written nothing for long: what of it is seen. */
  stalled: Map<string, string>;
  /** When Slurm expects runs that wait to start, ISO. */
  starts: Map<string, string>;
  /** What could not be asked; then no state was changed for want of an answer. */
  trouble: string[];
}

/** One look at every job that has not ended: one read for each cluster, whatever the number of jobs. */
export async function look(experiment: Experiment, context: Context): Promise<Look> {
  const open = new Map<string, { run: string; attempt: Attempt }[]>();
  for (const [run, attempts] of experiment.attempts) {
    const attempt = attempts.at(-1);
    if (attempt !== undefined && !isFinal(attempt.state) && attempt.state !== WAITING)
      open.set(attempt.cluster, [...(open.get(attempt.cluster) ?? []), { run, attempt }]);
  }
  const result: Look = { changed: [], progress: new Map(), stalled: new Map(), starts: new Map(), trouble: [] };
  for (const [name, jobs] of open) await lookAt(name, jobs, experiment, context, result);
  experiment.attempts = journalOf(experiment.place.dir).attempts;
  return result;
}

async function lookAt(
  name: string,
  jobs: readonly { run: string; attempt: Attempt }[],
  experiment: Experiment,
  context: Context,
  result: Look,
): Promise<void> {
  const { place, framework } = experiment;
  const seen = await ask(context, name, (root) => jobs.map(({ run, attempt }) => jobRef(root, run, attempt)), experiment);
  result.trouble.push(...seen.trouble.map((trouble) => `${name}: ${trouble}`));
  const t = context.now().toISOString();
  const entries = jobs.flatMap(({ run, attempt }) => {
    const news = newsOf(attempt, seen, t);
    if (news.length > 0) result.changed.push(run);
    const start = seen.jobs.get(attempt.token)?.expected_start;
    if (start !== undefined) result.starts.set(run, start);
    const tails = seen.tails.get(attempt.token);
    const config = tails && readTextIfThere(join(place.dir, run, framework.config_file));
    if (tails !== undefined) {
      // Attempts write their metrics one after the other: before its first step, the last ones are those of the attempt before.
      const running = seen.jobs.get(attempt.token)?.state === 'RUNNING';
      const none = running && attempt.attempt > 1 && framework.readProgress('', tails.output).step === undefined;
      const progress = framework.readProgress(none ? '' : tails.metrics, tails.output, config);
      result.progress.set(run, progress);
      const stands = running ? standstill(progress, tails) : undefined;
      if (stands !== undefined) result.stalled.set(run, stands.what);
    }
    return news;
  });
  appendJournal(place.dir, entries);
}

/** A cluster that cannot be reached has told nothing: its jobs keep their states, and the other clusters are still asked. */
async function ask(
  context: Context,
  name: string,
  refs: (root: string) => JobRef[],
  { place, framework }: Experiment,
): Promise<Observation> {
  try {
    const { profile, scheduler } = await openCluster(context, name);
    const { metrics_file } = framework;
    return await scheduler.observe(refs(clusterExperimentDir(profile, place)), { metrics_file, signal: context.signal });
  } catch (error) {
    if (!(error instanceof ConnectionError || error instanceof UserError)) throw error;
    return { jobs: new Map(), complete: false, trouble: [error.message], tails: new Map() };
  }
}

/** What the journal does not know yet. A job that a healthy look cannot find becomes `uncertain`, never failed. */
function newsOf(attempt: Attempt, seen: Observation, t: string): JournalEntry[] {
  const sighting = seen.jobs.get(attempt.token);
  const { token } = attempt;
  if (sighting === undefined) {
    if (!seen.complete || attempt.state === 'uncertain') return [];
    return [
      {
        t,
        kind: 'uncertain',
        token,
        message: 'neither squeue nor sacct nor an exit record knows the job now; it is looked for again at every look',
      },
    ];
  }
  const entries: JournalEntry[] = [];
  if (attempt.job_id === undefined) entries.push({ t, kind: 'submitted', token, job_id: sighting.job_id });
  if (attempt.job_id === undefined || differs(attempt, sighting)) {
    const { state, reason, exit_code, node, started, ended } = sighting;
    entries.push({ t, kind: 'seen', token, state, reason, exit_code, node, started, ended });
  }
  return entries;
}

const differs = (attempt: Attempt, seen: JobSighting): boolean =>
  attempt.state !== seen.state || attempt.reason !== seen.reason || attempt.node !== seen.node || attempt.ended !== seen.ended;
