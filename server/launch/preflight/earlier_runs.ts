import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, attemptsByRun } from '../../experiment/attempts.ts';
import type { ExperimentsRoot } from '../../experiment/experiments_root.ts';
import { journalPath, readJournal } from '../../experiment/journal.ts';
import { digest } from '../../model/digest.ts';
import { readTextIfThere } from '../../model/files.ts';
import type { Framework } from '../../model/framework.ts';
import { UserError } from '../../model/problem.ts';
import { fileTail } from '../../process/file_tail.ts';
import { directives } from '../../slurm/script_header.ts';
import { SCRIPT_FILE } from '../run_files.ts';

/** A run that was trained to its end, here or in another experiment beside it. */
export interface EarlierRun {
  same_work: string;
  similar_work: string;
  /** As `deviceKey` writes it. */
  device: string;
  seconds_per_epoch: number;
  /** Rows trained on in an epoch, where its log lies here. */
  rows_per_epoch?: number;
}

/** The newest ones tell enough, and old ones were perhaps trained on what is no longer there. */
const MOST_EXPERIMENTS = 50;
const MOST_RUNS = 200;

export interface AskedGpus {
  partition?: string | undefined;
  gpu_type?: string | undefined;
  constraint?: string | undefined;
}

/** The words by which a script asks for GPUs: `a100` of `--gres=gpu:a100:2` or `--gpus=a100:2`. */
export function askedGpus(script: string): AskedGpus {
  const asked = directives(script);
  const option = asked.get('gres') ?? asked.get('gpus') ?? asked.get('gpus-per-node') ?? '';
  const gpu_type = /^(?:gpu:)?([A-Za-z][^:]*):\d+$/.exec(option)?.[1];
  return { partition: asked.get('partition'), gpu_type: gpu_type === 'gpu' ? undefined : gpu_type, constraint: asked.get('constraint') };
}

/** Equal for jobs that get the same GPUs: the cluster, and the words by which they ask. */
export const deviceKey = (cluster: string, { partition = '', gpu_type = '', constraint = '' }: AskedGpus): string =>
  [cluster, partition, gpu_type, constraint].join(' ');

/** Completed runs of all experiments below the root, from their journals and files on this disk. */
export async function earlierRuns(root: ExperimentsRoot, framework: Framework): Promise<EarlierRun[]> {
  const runs: EarlierRun[] = [];
  for (const dir of experimentsIn(root.dir)) {
    for (const [name, attempts, configs] of trainedIn(dir)) {
      const attempt = attempts.findLast(({ state }) => state === 'COMPLETED');
      const found = attempt === undefined ? undefined : await earlierRun(join(dir, name), attempt, configs.get(attempt.token), framework);
      if (found !== undefined) runs.push(found);
      if (runs.length >= MOST_RUNS) return runs;
    }
  }
  return runs;
}

function experimentsIn(root: string): string[] {
  if (!existsSync(root)) return [];
  const dirs = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(root, entry.name)] : []));
  const launched = dirs.filter((dir) => existsSync(journalPath(dir)));
  const age = new Map(launched.map((dir) => [dir, statSync(journalPath(dir)).mtimeMs]));
  return launched.sort((a, b) => (age.get(b) ?? 0) - (age.get(a) ?? 0)).slice(0, MOST_EXPERIMENTS);
}

/** Each run with its attempts, and the digest of each attempt's config by its token. A damaged journal tells nothing here. */
function trainedIn(dir: string): [string, Attempt[], Map<string, string>][] {
  try {
    const { entries } = readJournal(dir);
    const configs = new Map(entries.flatMap((entry) => (entry.kind === 'intent' ? [[entry.token, entry.config_sha256] as const] : [])));
    return [...attemptsByRun(entries)].map(([name, attempts]) => [name, attempts, configs]);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** Undefined unless the files are still those that were launched. */
async function earlierRun(
  dir: string,
  attempt: Attempt,
  config_sha256: string | undefined,
  framework: Framework,
): Promise<EarlierRun | undefined> {
  const { started, ended } = attempt;
  const seconds = started === undefined || ended === undefined ? Number.NaN : (Date.parse(ended) - Date.parse(started)) / 1000;
  const config = readTextIfThere(join(dir, framework.config_file));
  const script = readTextIfThere(join(dir, SCRIPT_FILE));
  if (!(seconds > 0) || config === undefined || script === undefined || digest(config) !== config_sha256) return undefined;
  const { training } = factsOf(config, framework) ?? {};
  if (training === undefined) return undefined;
  const { step } = framework.readProgress(await fileTail(join(dir, framework.metrics_file)), '');
  return {
    same_work: training.same_work,
    similar_work: training.similar_work,
    device: deviceKey(attempt.cluster, askedGpus(script)),
    seconds_per_epoch: seconds / training.epochs,
    ...(step !== undefined && { rows_per_epoch: (step * training.effective_batch) / training.epochs }),
  };
}

function factsOf(config: string, framework: Framework): ReturnType<Framework['readConfig']> | undefined {
  try {
    return framework.readConfig(config, framework.config_file);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
