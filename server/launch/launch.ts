import { dirname, join, posix } from 'node:path';
import { ConnectionError } from '../clusters/connection.ts';
import type { Submission, SubmissionOutcome } from '../clusters/scheduler.ts';
import { appendJournal, type JournalEntry } from '../experiment/journal.ts';
import { refuseLinksOut } from '../experiment/place.ts';
import { makeFolder, writeText } from '../model/files.ts';
import { directives } from '../slurm/script_header.ts';
import { inArrays } from './arrays.ts';
import type { Context } from './context.ts';
import type { Experiment } from './experiment.ts';
import { outputPath } from './job_ref.ts';
import { itemsOf, type LaunchItem, type Which } from './launch_items.ts';
import type { Cluster } from './open_cluster.ts';
import { clusterExperimentDir, isSameFolder } from './places.ts';
import type { PreflightRecord } from './preflight_record.ts';
import { placesOf } from './run_files.ts';
import { byRoom, limitsOf } from './room.ts';

export interface LaunchResult {
  submitted: { run: string; job_id: string }[];
  /** Launched, and not submitted yet: a limit has no room for them. Later calls submit them. */
  waiting: { run: string; why: string }[];
  already: string[];
  uncertain: { run: string; why: string }[];
  refused: { run: string; why: string }[];
}

/**
 * Submits what the preflight showed, and nothing else. Intents are on the disk before anything is sent; a token never
 * becomes two jobs (the scheduler sees to that), so a launch that was cut off anywhere is finished by calling it again.
 */
export async function launch(
  experiment: Experiment,
  cluster: Cluster,
  record: PreflightRecord,
  id: string,
  context: Context,
  which: Which = 'all',
): Promise<LaunchResult> {
  const { items: chosen, ...settled } = itemsOf(experiment, cluster, record, id, which);
  const result: LaunchResult = { submitted: [], waiting: [], uncertain: [], ...settled };
  if (chosen.length === 0) return result;
  const { go, wait } = await byRoom(cluster, chosen, context);
  for (const { item, why } of wait) result.waiting.push({ run: item.run, why });

  if (go.length > 0) context.progress(`sending ${go.length} jobs to ${cluster.profile.name}`);
  await sendFiles(experiment, cluster, go, context);
  recordWaiting(experiment, cluster, wait, id, context);
  const round = async (items: readonly LaunchItem[], largest?: number): Promise<LaunchItem[]> => {
    const placed = inArrays(items, experiment, cluster, largest);
    recordIntents(experiment, cluster, placed, id, context);
    const outcomes = await submitAll(experiment, cluster, placed, context);
    return recordOutcomes(experiment, placed, outcomes, context, result);
  };
  let rest = await round(go, (await limitsOf(cluster, context)).max_array_size);
  // An array goes whole or not at all. Where a limit that nobody told of has no room for it, halving finds how much there is.
  for (let size = Math.floor(rest.length / 2); size > 0 && rest.some(({ array }) => array !== undefined); size = Math.floor(size / 2)) {
    const refused = await round(rest.slice(0, size).map(alone));
    if (refused.length === 0) rest = rest.slice(size);
  }
  return result;
}

/** As a job of its own, or for another array: its intent is written anew. */
const alone = ({ array: _array, ...item }: LaunchItem): LaunchItem => ({ ...item, job_name: `${item.run}.${item.token}`, open: false });

async function sendFiles(
  { place, framework }: Experiment,
  cluster: Cluster,
  items: readonly LaunchItem[],
  context: Context,
): Promise<void> {
  const root = clusterExperimentDir(cluster.profile, place);
  writeOwnFiles(place.dir, framework.config_file, items, context);
  if (isSameFolder(cluster.profile, place)) {
    const logs = items.map(({ run }) => posix.join(root, run, 'logs'));
    refuseLinksOut(logs, context.root);
    for (const folder of logs) makeFolder(folder);
    return;
  }
  const files = items.flatMap(({ attempt, files }) => {
    const { config, script } = placesOf(files, attempt, framework.config_file);
    return [
      { path: config, content: files.config },
      { path: script, content: files.script },
    ];
  });
  await cluster.scheduler.upload(root, files, context.signal);
}

/** What an attempt has of its own stays with the experiment, also where the cluster sees another folder. */
function writeOwnFiles(dir: string, configFile: string, items: readonly LaunchItem[], { root }: Context): void {
  for (const { attempt, files } of items) {
    if (files.own === undefined) continue;
    const { config, script } = placesOf(files, attempt, configFile);
    refuseLinksOut([join(dir, files.run, 'attempts'), dirname(join(dir, config))], root);
    makeFolder(dirname(join(dir, config)));
    writeText(join(dir, config), files.config);
    writeText(join(dir, script), files.script);
  }
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

function recordIntents({ place }: Experiment, cluster: Cluster, items: readonly LaunchItem[], id: string, context: Context): void {
  appendJournal(place.dir, intentsOf(cluster, items, id, context.now().toISOString()));
}

/** In one write with their intents: an attempt that waits is never taken for one that was sent. */
function recordWaiting(
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

/** A connection that breaks in mid-submission leaves every job in doubt; the same call again finds out and finishes. */
async function submitAll(
  experiment: Experiment,
  cluster: Cluster,
  items: readonly LaunchItem[],
  context: Context,
): Promise<readonly SubmissionOutcome[]> {
  try {
    return await cluster.scheduler.submit(submissions(experiment, cluster, items), context.signal);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    return items.map(({ token }) => ({ kind: 'uncertain', token, message: error.message }));
  }
}

function submissions({ place, framework }: Experiment, cluster: Cluster, items: readonly LaunchItem[]): Submission[] {
  const root = clusterExperimentDir(cluster.profile, place);
  return items.map(({ run, attempt, token, job_name, array, files }) => {
    const run_dir = posix.join(root, run);
    return {
      run,
      attempt,
      token,
      job_name,
      run_dir,
      script_path: posix.join(root, placesOf(files, attempt, framework.config_file).script),
      output_path: outputPath(root, run, attempt),
      script: files.script,
      ...(array === undefined ? {} : { array }),
    };
  });
}

function recordOutcomes(
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
