import { dirname, join, posix } from 'node:path';
import { ConnectionError } from '../../clusters/connection.ts';
import type { Submission, SubmissionOutcome } from '../../clusters/scheduler.ts';
import { refuseLinksOut } from '../../experiment/place.ts';
import { makeFolder, writeText } from '../../model/files.ts';
import type { Context } from '../context.ts';
import type { Experiment } from '../experiment.ts';
import { outputPath } from '../job_ref.ts';
import type { Cluster } from '../open_cluster.ts';
import { clusterExperimentDir, isSameFolder } from '../places.ts';
import { placesOf } from '../run_files.ts';
import type { LaunchItem } from './launch_items.ts';

/** Configs and scripts, to where the jobs will read them. */
export async function sendFiles(
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

/** A connection that breaks in mid-submission leaves every job in doubt; the same call again finds out and finishes. */
export async function submitAll(
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
