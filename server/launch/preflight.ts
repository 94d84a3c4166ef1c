import { type Attempt, isFinal } from '../experiment/attempts.ts';
import { digest } from '../model/digest.ts';
import type { ConfigFacts } from '../model/framework.ts';
import type { PlannedRun } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { UserError } from '../model/problem.ts';
import { gpuHours, requestKey } from '../slurm/script_header.ts';
import { unequalBatches } from './comparable.ts';
import type { Context } from './context.ts';
import { deepCheck } from './deep_check.ts';
import type { Experiment } from './experiment.ts';
import { lookAtInputs } from './inputs.ts';
import { memoryWarnings } from './memory_warning.ts';
import type { Cluster } from './open_cluster.ts';
import { commandMissing, missingPaths } from './paths_on_cluster.ts';
import { clusterExperimentDir } from './places.ts';
import { type DataShown, dataShown, type Expected, expectedCosts } from './preflight_estimates.ts';
import { type PreflightRecord, savePreflight } from './preflight_record.ts';
import { type RunFiles, readRunFiles } from './run_files.ts';

export type Mode = 'new' | 'retry' | 'resume';

export interface Preflight {
  id?: string;
  jobs: number;
  gpu_hours: number;
  expected_start?: string;
  /** Runs that are not launched now, by why. */
  left_out: Record<string, string[]>;
  problems: Problem[];
  /** Whether the framework itself judged the configs. */
  deep_check: string;
  /** What was found of the data sets, and what the runs are expected to take. */
  data: DataShown[];
  expected: Expected[];
}

/** Everything that can be known before a job is submitted. Reads; submits nothing. */
export async function preflight(
  experiment: Experiment,
  cluster: Cluster,
  runs: readonly PlannedRun[],
  mode: Mode,
  context: Context,
  deep = false,
): Promise<Preflight> {
  if (mode === 'resume') {
    throw new UserError('mode "resume" is not built yet; mode "retry" starts failed runs afresh; nothing was submitted');
  }
  const { place, framework, attempts } = experiment;
  const left_out: Record<string, string[]> = {};
  const chosen = runs.filter((run) => {
    const why = whyNot(attempts.get(run.name), mode);
    if (why !== undefined) left_out[why] = [...(left_out[why] ?? []), run.name];
    return why === undefined;
  });
  const problems: Problem[] = [];
  const files = chosen.map((run) => readRunFiles(place.dir, run.name, framework.config_file));
  const facts = new Map<string, ConfigFacts>();
  for (const file of files) {
    facts.set(file.run, framework.readConfig(file.config, `${file.run}/${framework.config_file}`));
    if (!file.script.includes(file.config_sha256)) problems.push(scriptIsStale(file.run, framework.config_file));
  }
  context.progress(`checking ${chosen.length} runs on cluster ${cluster.profile.name}`);
  problems.push(...(await lookAtFolders(cluster, facts, context.signal)));
  problems.push(...(await lookForProgram(experiment, cluster, facts, context.signal)));
  const trained = chosen.flatMap((run, index) => {
    const of = facts.get(run.name);
    const file = files[index];
    return of === undefined || file === undefined ? [] : [{ run, config: file.config, script: file.script, facts: of }];
  });
  const inputs = await lookAtInputs(experiment, cluster, trained, context.signal);
  problems.push(...inputs.problems, ...unequalBatches(trained), ...memoryWarnings(trained, framework));
  const judged = deep && trained.length > 0 ? await deepCheck(experiment, cluster, trained, context.signal) : undefined;
  problems.push(...(judged?.problems ?? []));
  const trial = await tryScripts(cluster, files, context.signal);
  problems.push(...trial.problems);

  const shown: Omit<Preflight, 'id'> = {
    jobs: chosen.length,
    gpu_hours: files.reduce((sum, file) => sum + gpuHours(file.script), 0),
    ...(trial.expected_start === undefined ? {} : { expected_start: trial.expected_start }),
    left_out,
    problems,
    deep_check: judged?.said ?? `not asked for: deep_check lets the ${framework.name} of the cluster judge the configs`,
    data: dataShown(inputs),
    expected: await expectedCosts(experiment, cluster.profile.name, trained, inputs.judgements, context),
  };
  if (chosen.length === 0 || problems.some((problem) => problem.severity === 'error')) return shown;
  const record: PreflightRecord = {
    cluster: cluster.profile.name,
    cluster_sha256: digest(JSON.stringify(cluster.profile)),
    cluster_dir: clusterExperimentDir(cluster.profile, place),
    items: files.map(({ run, config_sha256, script_sha256 }) => ({
      run,
      attempt: nextAttempt(attempts.get(run)),
      config_sha256,
      script_sha256,
    })),
  };
  return { id: savePreflight(place.dir, record), ...shown };
}

export const nextAttempt = (attempts: readonly Attempt[] | undefined): number => (attempts?.at(-1)?.attempt ?? 0) + 1;

/** Why the run is not launched in this mode; undefined when it is. */
export function whyNot(attempts: readonly Attempt[] | undefined, mode: Mode): string | undefined {
  const state = attempts?.at(-1)?.state;
  if (state === undefined || state === 'refused') return mode === 'retry' && state === undefined ? 'never launched' : undefined;
  if (state === 'COMPLETED') return 'done';
  if (state === 'uncertain') return 'uncertain: monitor_jobs looks again';
  if (!isFinal(state)) return 'already running';
  return mode === 'retry' ? undefined : `ended ${state}: use mode "retry"`;
}

const scriptIsStale = (run: string, configFile: string): Problem => ({
  severity: 'error',
  where: `${run}/finetune.slurm`,
  what: `it was made for another ${configFile} than the one beside it, and the job would refuse to train`,
  fix: 'run `generate_slurm_script` again',
});

async function lookAtFolders(cluster: Cluster, facts: ReadonlyMap<string, ConfigFacts>, signal: AbortSignal): Promise<Problem[]> {
  const needs = new Map<string, { what: string; run: string }>();
  for (const [run, { needs: list }] of facts) for (const { path, what } of list) if (!needs.has(path)) needs.set(path, { what, run });
  const missing = await missingPaths(cluster.connection, [...needs.keys()], signal);
  return [...needs].flatMap(([path, { what, run }]) =>
    missing.has(path)
      ? [
          {
            severity: 'error' as const,
            where: run,
            what: `${what} is not there on ${cluster.profile.name}: ${path}`,
            fix: 'put it there, or mend the path in runs_plan.md and write the config again',
          },
        ]
      : [],
  );
}

async function lookForProgram(
  experiment: Experiment,
  cluster: Cluster,
  facts: ReadonlyMap<string, ConfigFacts>,
  signal: AbortSignal,
): Promise<Problem[]> {
  const first = [...facts.values()][0];
  const program = first === undefined ? undefined : experiment.framework.launchCommand(first, 'config')[0];
  if (program === undefined) return [];
  const fault = await commandMissing(cluster.connection, cluster.profile.setup, program, signal);
  if (fault === undefined) return [];
  const here = cluster.profile.connection === 'local' && cluster.profile.scheduler === 'process';
  return [
    {
      severity: here ? 'error' : 'warning',
      where: `cluster ${cluster.profile.name}`,
      what: `\`${program}\` was not found after the profile's setup lines: ${fault}`,
      fix: `add the lines that make it available (module load, conda activate) to setup of ${cluster.profile.name} in clusters.yaml, then generate_slurm_script again`,
    },
  ];
}

/** Scripts that ask for the same are tried once. */
async function tryScripts(
  cluster: Cluster,
  files: readonly RunFiles[],
  signal: AbortSignal,
): Promise<{ problems: Problem[]; expected_start?: string }> {
  const groups = new Map<string, RunFiles[]>();
  for (const file of files) {
    const key = requestKey(file.script);
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  const list = [...groups.values()];
  const trials = await cluster.scheduler.trial(
    list.map((group) => group[0]?.script ?? ''),
    signal,
  );
  const problems = trials.flatMap((trial, index): Problem[] => {
    const group = list[index] ?? [];
    if (trial.fault === undefined) return [];
    const others = group.length > 1 ? ` and ${group.length - 1} more that ask for the same` : '';
    return [
      {
        severity: 'error',
        where: `${group[0]?.run}/finetune.slurm`,
        what: `${cluster.profile.name} would refuse this job${others}: ${trial.fault}`,
        fix: 'mend the job settings in runs_plan.md or the defaults in clusters.yaml, then generate_slurm_script again',
      },
    ];
  });
  const starts = trials
    .map((trial) => trial.expected_start)
    .filter((start) => start !== undefined)
    .sort();
  return { problems, ...(starts[0] === undefined ? {} : { expected_start: starts[0] }) };
}
