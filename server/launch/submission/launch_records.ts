import type { SubmissionOutcome } from '../../clusters/scheduler.ts';
import { appendJournal, type JournalEntry } from '../../experiment/journal.ts';
import { directives } from '../../slurm/script_header.ts';
import type { Context } from '../context.ts';
import type { Experiment } from '../experiment.ts';
import type { Cluster } from '../open_cluster.ts';
import type { LaunchItem } from './launch_items.ts';

export interface LaunchResult {
  submitted: { run: string; job_id: string }[];
  /** Launched, and not submitted yet: a limit has no room for them. Later calls submit them. */
  waiting: { run: string; why: string }[];
  already: string[];
  uncertain: { run: string; why: string }[];
  refused: { run: string; why: string }[];
}

function intentsOf(cluster: Cluster, items: readonly LaunchItem[], id: string, t: string): JournalEntry[] {
  return items
    .filter(({ open }) => !open)
    .map(({ run, attempt, token, job_name, array, files }) => ({
      t,
      kind: 'intent',
      run,
      attempt,
      token,
      job_name,
      ...(array === undefined ? {} : { array: array.token, task: array.task }),
      cluster: cluster.profile.name,
      preflight_id: id,
      config_sha256: files.config_sha256,
      script_sha256: files.script_sha256,
      ...files.own,
      ...asked(files.script),
    }));
}

/** On the disk before anything is sent. */
export function recordIntents({ place }: Experiment, cluster: Cluster, items: readonly LaunchItem[], id: string, context: Context): void {
  appendJournal(place.dir, intentsOf(cluster, items, id, context.now().toISOString()));
}

/** In one write with their intents: an attempt that waits is never taken for one that was sent. */
export function recordWaiting(
  { place, attempts }: Experiment,
  cluster: Cluster,
  wait: readonly { item: LaunchItem; why: string }[],
  id: string,
  context: Context,
): void {
  const t = context.now().toISOString();
  const fresh = wait.filter(({ item }) => !(attempts.get(item.run) ?? []).some(({ token }) => token === item.token));
  appendJournal(
    place.dir,
    fresh.flatMap(({ item, why }): JournalEntry[] => [
      ...intentsOf(cluster, [item], id, t),
      { t, kind: 'waiting', token: item.token, message: waitsFor(why) },
    ]),
  );
}

const waitsFor = (why: string): string => `waits for room: ${why}`;

/** What the journal keeps of the request: the next attempt may need more. */
function asked(script: string): { time_limit?: string; mem?: string } {
  const options = directives(script);
  const [time_limit, mem] = [options.get('time'), options.get('mem')];
  return { ...(time_limit === undefined ? {} : { time_limit }), ...(mem === undefined ? {} : { mem }) };
}

/** Returns those for which the queue had no room. */
export function recordOutcomes(
  { place }: Experiment,
  items: readonly LaunchItem[],
  outcomes: readonly SubmissionOutcome[],
  context: Context,
  result: LaunchResult,
): LaunchItem[] {
  const t = context.now().toISOString();
  const byToken = new Map(outcomes.map((outcome) => [outcome.token, outcome]));
  const entries: JournalEntry[] = [];
  const without_room: LaunchItem[] = [];
  for (const item of items) {
    const { run, token } = item;
    const outcome: SubmissionOutcome = byToken.get(token) ?? {
      kind: 'uncertain',
      token,
      message: 'the cluster gave no answer for this job',
    };
    result.waiting = result.waiting.filter((known) => known.run !== run);
    if (outcome.kind === 'submitted') {
      entries.push({ t, kind: 'submitted', token, job_id: outcome.job_id });
      result.submitted.push({ run, job_id: outcome.job_id });
    } else if (outcome.kind === 'refused' && outcome.no_room === true) {
      entries.push({ t, kind: 'waiting', token, message: waitsFor(outcome.message) });
      result.waiting.push({ run, why: outcome.message });
      without_room.push(item);
    } else if (outcome.kind === 'refused') {
      entries.push({ t, kind: 'refused', token, message: outcome.message });
      result.refused.push({ run, why: outcome.message });
    } else {
      entries.push({ t, kind: 'uncertain', token, message: outcome.message });
      result.uncertain.push({ run, why: outcome.message });
    }
  }
  appendJournal(place.dir, entries);
  return without_room;
}
