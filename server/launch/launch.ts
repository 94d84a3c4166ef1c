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
import { itemsOf, type LaunchItem } from './launch_items.ts';
import type { Cluster } from './open_cluster.ts';
import { clusterExperimentDir, isSameFolder } from './places.ts';
import type { PreflightRecord } from './preflight_record.ts';
import { placesOf } from './run_files.ts';

export interface LaunchResult {
  submitted: { run: string; job_id: string }[];
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
): Promise<LaunchResult> {
  const { items: chosen, ...settled } = itemsOf(experiment, cluster, record, id);
  const items = inArrays(chosen, experiment, cluster);
  const result: LaunchResult = { submitted: [], uncertain: [], ...settled };
  if (items.length === 0) return result;

  context.progress(`sending ${items.length} jobs to ${cluster.profile.name}`);
  await sendFiles(experiment, cluster, items, context);
  recordIntents(experiment, cluster, items, id, context);
  const outcomes = await submitAll(experiment, cluster, items, context);
  recordOutcomes(experiment, items, outcomes, context, result);
  return result;
}

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

function recordIntents(
  { place, attempts }: Experiment,
  cluster: Cluster,
  items: readonly LaunchItem[],
  id: string,
  context: Context,
): void {
  const t = context.now().toISOString();
  const fresh = items.filter(({ run, attempt }) => !(attempts.get(run) ?? []).some((known) => known.attempt === attempt));
  appendJournal(
    place.dir,
    fresh.map(({ run, attempt, token, job_name, array, files }) => ({
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
    })),
  );
}

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
): void {
  const t = context.now().toISOString();
  const byToken = new Map(outcomes.map((outcome) => [outcome.token, outcome]));
  const entries: JournalEntry[] = [];
  for (const { run, token } of items) {
    const outcome: SubmissionOutcome = byToken.get(token) ?? {
      kind: 'uncertain',
      token,
      message: 'the cluster gave no answer for this job',
    };
    if (outcome.kind === 'submitted') {
      entries.push({ t, kind: 'submitted', token, job_id: outcome.job_id });
      result.submitted.push({ run, job_id: outcome.job_id });
    } else if (outcome.kind === 'refused') {
      entries.push({ t, kind: 'refused', token, message: outcome.message });
      result.refused.push({ run, why: outcome.message });
    } else {
      entries.push({ t, kind: 'uncertain', token, message: outcome.message });
      result.uncertain.push({ run, why: outcome.message });
    }
  }
  appendJournal(place.dir, entries);
}
