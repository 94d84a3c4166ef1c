import type { JobSighting, Observation } from '../clusters/scheduler.ts';
import { type Attempt, isFinal } from '../experiment/attempts.ts';
import { appendJournal, type JournalEntry } from '../experiment/journal.ts';
import type { Progress } from '../frameworks/framework.ts';
import type { Context } from './context.ts';
import { type Experiment, journalOf } from './experiment.ts';
import { jobRef } from './job_ref.ts';
import { openCluster } from './open_cluster.ts';
import { clusterExperimentDir } from './places.ts';

export interface Look {
  /** Runs whose state changed. */
  changed: string[];
  progress: Map<string, Progress>;
  /** What could not be asked; then no state was changed for want of an answer. */
  trouble: string[];
}

/** One look at every job that has not ended: one read for each cluster, whatever the number of jobs. */
export async function look(experiment: Experiment, context: Context): Promise<Look> {
  const open = new Map<string, { run: string; attempt: Attempt }[]>();
  for (const [run, attempts] of experiment.attempts) {
    const attempt = attempts.at(-1);
    if (attempt !== undefined && !isFinal(attempt.state))
      open.set(attempt.cluster, [...(open.get(attempt.cluster) ?? []), { run, attempt }]);
  }
  const result: Look = { changed: [], progress: new Map(), trouble: [] };
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
  const cluster = await openCluster(context, name);
  const root = clusterExperimentDir(cluster.profile, place);
  const refs = jobs.map(({ run, attempt }) => jobRef(root, run, attempt));
  const seen = await cluster.scheduler.observe(refs, { metrics_file: framework.metrics_file, signal: context.signal });
  result.trouble.push(...seen.trouble.map((trouble) => `${name}: ${trouble}`));
  const t = context.now().toISOString();
  const entries = jobs.flatMap(({ run, attempt }) => {
    const news = newsOf(attempt, seen, t);
    if (news.length > 0) result.changed.push(run);
    const tails = seen.tails.get(attempt.token);
    if (tails !== undefined) result.progress.set(run, framework.readProgress(tails.metrics, tails.output));
    return news;
  });
  appendJournal(place.dir, entries);
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
