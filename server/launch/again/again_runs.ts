import { posix } from 'node:path';
import { type Attempt, changeText, isFinal, WAITING } from '../../experiment/attempts.ts';
import { digest } from '../../model/digest.ts';
import type { PlannedRun } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import { remadeScript } from '../../slurm/remade_script.ts';
import { diagnose } from '../diagnosis/diagnosis.ts';
import { NO_EVIDENCE, type RunEvidence, runEvidence } from '../diagnosis/run_evidence.ts';
import type { Experiment } from '../experiment.ts';
import { outputPath } from '../job_ref.ts';
import type { Cluster } from '../open_cluster.ts';
import { clusterExperimentDir } from '../places.ts';
import { placesOf, type RunFiles, readRunFiles } from '../run_files.ts';
import { nextAttempt, tried, WAITS } from '../tried.ts';
import { type Again, again } from './again.ts';
import { AgainWarnings } from './again_warnings.ts';

export interface ChosenRuns {
  files: RunFiles[];
  /** By why. */
  left_out: Record<string, string[]>;
  problems: Problem[];
}

/** The further attempts of runs that have ended, with the changes that their failures call for. */
export async function againRuns(
  experiment: Experiment,
  cluster: Cluster,
  runs: readonly PlannedRun[],
  { mode, anyway }: { mode: 'retry' | 'resume'; anyway: boolean },
  signal: AbortSignal,
): Promise<ChosenRuns> {
  const { place, framework, attempts } = experiment;
  const root = clusterExperimentDir(cluster.profile, place);
  const result: ChosenRuns = { files: [], left_out: {}, problems: [] };
  const leaveOut = (run: string, why: string): void => {
    result.left_out[why] = [...(result.left_out[why] ?? []), run];
  };
  const ended: { run: string; attempts: readonly [Attempt, ...Attempt[]] }[] = [];
  for (const { name } of runs) {
    const [first, ...more] = tried(attempts.get(name));
    const newest = more.at(-1) ?? first;
    if (first === undefined || newest === undefined) {
      if ((attempts.get(name)?.length ?? 0) === 0) leaveOut(name, 'never launched: use mode "new"');
      else result.files.push(readRunFiles(place.dir, name, framework.config_file));
    } else if (newest.state === 'uncertain') leaveOut(name, 'uncertain: monitor_jobs looks again');
    else if (newest.state === WAITING) leaveOut(name, WAITS);
    else if (!isFinal(newest.state)) leaveOut(name, 'already running');
    else if (newest.state === 'COMPLETED' && mode === 'resume') leaveOut(name, 'done');
    else ended.push({ run: name, attempts: [first, ...more] });
  }
  // What lies on another cluster tells nothing about this one.
  const here = ended.filter(({ attempts: known }) => known.at(-1)?.cluster === cluster.profile.name);
  const found = await runEvidence(cluster, root, here, framework.metrics_file, signal);
  const warnings = new AgainWarnings();
  for (const { run, attempts: known } of ended) {
    const elsewhere = known.at(-1)?.cluster;
    if (mode === 'resume' && elsewhere !== cluster.profile.name) {
      leaveOut(run, `its checkpoints lie on cluster ${elsewhere}, where it last ran: name that cluster in the plan, or use mode "retry"`);
      continue;
    }
    const plan = readRunFiles(place.dir, run, framework.config_file);
    const decided = decide(experiment, known, plan, found.get(run) ?? NO_EVIDENCE, mode, anyway);
    if ('why_not' in decided) leaveOut(run, decided.why_not);
    else {
      const files = filesOf(plan, decided, nextAttempt(attempts.get(run)), root, framework.config_file);
      if (files === undefined) leaveOut(run, BY_HAND);
      else result.files.push(files);
      warnings.add(run, decided);
    }
  }
  result.problems.push(...warnings.problems());
  return result;
}

const BY_HAND =
  'its finetune.slurm names its config in a way of its own, so no changed config can be put in: change both files by hand, then use mode "retry"';

function decide(
  { framework }: Experiment,
  attempts: readonly [Attempt, ...Attempt[]],
  plan: RunFiles,
  evidence: RunEvidence,
  mode: 'retry' | 'resume',
  anyway: boolean,
): Again | { why_not: string } {
  const [newest = attempts[0], older] = [...attempts].reverse();
  const diagnosis = diagnose(newest, framework, evidence);
  if (newest.state === 'COMPLETED' && diagnosis === undefined) return { why_not: 'done' };
  // Of the attempt before, only its own output is told apart from the newest one's.
  const before = older === undefined ? undefined : diagnose(older, framework, { ...evidence, output: evidence.output_before, metrics: '' });
  return again({ mode, framework, attempts, plan, evidence, diagnosis, before, anyway });
}

/** The plan's own files where nothing changes; undefined when the script cannot take the changes. */
function filesOf(plan: RunFiles, next: Again, attempt: number, root: string, configFile: string): RunFiles | undefined {
  if (next.changes.length === 0) return plan;
  const { run } = plan;
  const own = {
    plan_config_sha256: plan.config_sha256,
    plan_script_sha256: plan.script_sha256,
    changes: next.changes,
    eased: next.eased,
    ...(next.resumed_from === undefined ? {} : { resumed_from: next.resumed_from }),
  };
  const config_sha256 = digest(next.config);
  const to = (setting: string): string | undefined => next.changes.find((change) => change.setting === setting)?.to;
  const script = remadeScript(plan.script, {
    config_path: posix.join(root, placesOf({ run, own }, attempt, configFile).config),
    config_digest: config_sha256,
    output_path: outputPath(root, run, attempt),
    notes: [`Attempt ${attempt}, which differs from the plan:`, ...next.changes.map((change) => `  ${changeText(change)} (${change.why})`)],
    time: to('time'),
    mem: to('mem'),
    exclude: to('exclude'),
  });
  return script === undefined ? undefined : { run, config: next.config, script, config_sha256, script_sha256: digest(script), own };
}
