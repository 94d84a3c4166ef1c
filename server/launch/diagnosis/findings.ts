import { join } from 'node:path';
import { ConnectionError } from '../../clusters/connection.ts';
import type { Attempt } from '../../experiment/attempts.ts';
import { digest } from '../../model/digest.ts';
import { readTextIfThere } from '../../model/files.ts';
import type { Framework } from '../../model/framework.ts';
import { UserError } from '../../model/problem.ts';
import { resumed } from '../again/resumed.ts';
import type { Context } from '../context.ts';
import type { Experiment } from '../experiment.ts';
import { openCluster } from '../open_cluster.ts';
import { clusterExperimentDir } from '../places.ts';
import { diagnose, type RunDiagnosis } from './diagnosis.ts';
import { NO_EVIDENCE, type RunEvidence, runEvidence } from './run_evidence.ts';

export interface Finding {
  run: string;
  diagnosis: RunDiagnosis;
  /** How the run can go on. */
  mode: 'retry' | 'resume' | undefined;
}

/** What is wrong with the newest attempt of each of these runs: one read for each cluster. A cluster that cannot be asked is told. */
export async function findingsOf(
  experiment: Experiment,
  runs: readonly string[],
  context: Context,
): Promise<{ findings: Finding[]; trouble: string[] }> {
  const { framework, attempts } = experiment;
  const { evidence, trouble } = await evidenceOf(experiment, runs, context);
  const findings = runs.flatMap((run): Finding[] => {
    const newest = attempts.get(run)?.at(-1);
    const found = evidence.get(run);
    const diagnosis = newest === undefined ? undefined : diagnose(newest, framework, found ?? NO_EVIDENCE);
    return diagnosis === undefined ? [] : [{ run, diagnosis, mode: modeOf(experiment, run, diagnosis, found) }];
  });
  return { findings, trouble };
}

async function evidenceOf({ place, framework, attempts }: Experiment, runs: readonly string[], context: Context) {
  const asked = new Map<string, { run: string; attempts: readonly Attempt[] }[]>();
  for (const run of runs) {
    const known = attempts.get(run) ?? [];
    const newest = known.at(-1);
    // A job that was never started has left nothing.
    if (newest === undefined || newest.state === 'refused' || newest.state === 'PENDING') continue;
    asked.set(newest.cluster, [...(asked.get(newest.cluster) ?? []), { run, attempts: known }]);
  }
  const evidence = new Map<string, RunEvidence>();
  const trouble: string[] = [];
  for (const [name, list] of asked) {
    try {
      const cluster = await openCluster(context, name);
      const root = clusterExperimentDir(cluster.profile, place);
      for (const [run, found] of await runEvidence(cluster, root, list, framework.metrics_file, context.signal)) evidence.set(run, found);
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof UserError)) throw error;
      trouble.push(`${name}: ${error.message}`);
    }
  }
  return { evidence, trouble };
}

/** Going on from a checkpoint spends the least; from the start, where there is none. */
function modeOf(
  { place, framework, attempts }: Experiment,
  run: string,
  { cause, safe_to_retry }: RunDiagnosis,
  evidence: RunEvidence | undefined,
): Finding['mode'] {
  if (cause === 'uncertain' || cause === 'nan_loss' || cause === 'trained_nothing' || cause === 'refused') return undefined;
  const config = readTextIfThere(join(place.dir, run, framework.config_file));
  if (config !== undefined && evidence !== undefined && canResume(framework, config, attempts.get(run) ?? [], evidence)) return 'resume';
  return safe_to_retry ? 'retry' : undefined;
}

function canResume(framework: Framework, config: string, attempts: readonly Attempt[], evidence: RunEvidence): boolean {
  try {
    return 'text' in resumed({ framework, attempts, plan: { config_sha256: digest(config) }, evidence, anyway: false }, config);
  } catch (error) {
    // A config that cannot be read is told by the stages that need it.
    if (error instanceof UserError) return false;
    throw error;
  }
}
