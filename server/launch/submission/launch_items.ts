import { randomBytes } from 'node:crypto';
import type { ArrayPlace } from '../../clusters/scheduler.ts';
import { type Attempt, WAITING } from '../../experiment/attempts.ts';
import { digest } from '../../model/digest.ts';
import { fineTuneRuns } from '../../model/plan.ts';
import { UserError } from '../../model/problem.ts';
import type { Experiment } from '../experiment.ts';
import type { Cluster } from '../open_cluster.ts';
import { clusterExperimentDir } from '../places.ts';
import { type RunFiles, readRunFiles } from '../run_files.ts';
import { nextAttempt } from '../tried.ts';
import { arrayPlace } from './arrays.ts';
import type { PreflightItem, PreflightRecord } from './preflight_record.ts';

/** One attempt to be submitted now. */
export interface LaunchItem {
  run: string;
  attempt: number;
  token: string;
  /** The job's name: the array's where it goes in one. */
  job_name: string;
  array?: ArrayPlace;
  /** Its intent is in the journal and its outcome is not: it is sent as it was sent before. */
  open: boolean;
  files: RunFiles;
}

export type Which = 'all' | 'waiting';

export interface LaunchItems {
  items: LaunchItem[];
  /** Launched from this preflight before. */
  already: string[];
  refused: { run: string; why: string }[];
}

/** What of a preflight is still to be submitted, or only what waits for room; throws when anything changed since it was shown. */
export function itemsOf(experiment: Experiment, cluster: Cluster, record: PreflightRecord, id: string, which: Which): LaunchItems {
  const { place, framework, attempts } = experiment;
  const settled: Pick<LaunchItems, 'already' | 'refused'> = { already: [], refused: [] };
  const changes: string[] = [];
  if (record.cluster !== cluster.profile.name || record.cluster_sha256 !== digest(JSON.stringify(cluster.profile))) {
    changes.push(`cluster ${record.cluster} (its profile in clusters.yaml, or the plan's cluster)`);
  }
  const cluster_dir = clusterExperimentDir(cluster.profile, place);
  if (record.cluster_dir !== cluster_dir) changes.push(`the experiment's folder on the cluster, which was ${record.cluster_dir}`);
  const planned = new Set(fineTuneRuns(experiment.plan).map((run) => run.name));
  const items: LaunchItem[] = [];
  for (const shown of record.items) {
    const own = (attempts.get(shown.run) ?? []).find((attempt) => attempt.attempt === shown.attempt);
    if (which === 'waiting' && own?.state !== WAITING) continue;
    if (own !== undefined && own.preflight_id === id && !isOpenIntent(own)) {
      if (own.state === 'refused') settled.refused.push({ run: shown.run, why: own.message ?? 'the cluster gave no reason' });
      else settled.already.push(shown.run);
      continue;
    }
    if (own === undefined && !planned.has(shown.run)) {
      changes.push(`${shown.run} is no fine-tune run of runs_plan.md any more`);
      continue;
    }
    const plan = readRunFiles(place.dir, shown.run, framework.config_file);
    if (plan.config_sha256 !== (shown.own?.plan_config_sha256 ?? shown.config_sha256))
      changes.push(`${shown.run}/${framework.config_file}`);
    if (plan.script_sha256 !== (shown.own?.plan_script_sha256 ?? shown.script_sha256)) changes.push(`${shown.run}/finetune.slurm`);
    const files = shown.own === undefined ? plan : ownFiles(shown, shown.own);
    if (own === undefined && nextAttempt(attempts.get(shown.run)) !== shown.attempt)
      changes.push(`${shown.run}: another attempt was launched since`);
    else if (own !== undefined && own.preflight_id !== id)
      changes.push(`${shown.run}: attempt ${shown.attempt} was launched from another preflight`);
    const { run, attempt } = shown;
    items.push(own === undefined ? freshItem(run, attempt, files) : itemOf(own, run, files, cluster));
  }
  if (changes.length > 0) {
    const shown = changes.slice(0, 5).join('; ') + (changes.length > 5 ? `; and ${changes.length - 5} more` : '');
    throw new UserError(`changed since preflight ${id}: ${shown}; nothing was submitted; run \`preflight_runs\` again`);
  }
  return { items, ...settled };
}

function freshItem(run: string, attempt: number, files: RunFiles): LaunchItem {
  const token = randomBytes(6).toString('hex');
  return { run, attempt, token, job_name: `${run}.${token}`, open: false, files };
}

/** Where it was sent before, its array is made of the same runs again. */
function itemOf({ attempt, token, job_name, array, task, state }: Attempt, run: string, files: RunFiles, { profile }: Cluster): LaunchItem {
  if (state === WAITING) return { run, attempt, token, job_name: `${run}.${token}`, open: false, files };
  const place = array === undefined || task === undefined ? {} : { array: arrayPlace(array, task, profile) };
  return { run, attempt, token, job_name, ...place, open: true, files };
}

/** The texts that the preflight showed; its id stands for them. */
const ownFiles = (
  { run, config_sha256, script_sha256 }: PreflightItem,
  { config, script, ...own }: NonNullable<PreflightItem['own']>,
): RunFiles => ({ run, config, script, config_sha256, script_sha256, own });

/** It waits for room, or the journal never learned its outcome: the server died in between, or the answer was lost. */
const isOpenIntent = ({ job_id, state }: Attempt): boolean => job_id === undefined && (state === 'uncertain' || state === WAITING);
