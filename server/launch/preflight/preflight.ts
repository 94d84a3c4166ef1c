import { digest } from '../../model/digest.ts';
import type { ConfigFacts } from '../../model/framework.ts';
import type { PlannedRun } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import { gpuHours, requestKey } from '../../slurm/script_header.ts';
import { againRuns } from '../again/again_runs.ts';
import type { Context } from '../context.ts';
import type { Experiment } from '../experiment.ts';
import type { Cluster } from '../open_cluster.ts';
import { clusterExperimentDir } from '../places.ts';
import type { OwnFiles, RunFiles } from '../run_files.ts';
import { type PreflightRecord, preflightItem, savePreflight } from '../submission/preflight_record.ts';
import { roomWarning } from '../submission/room.ts';
import { nextAttempt } from '../tried.ts';
import { unequalBatches } from './comparable.ts';
import { type DeepCheck, deepCheck } from './deep_check.ts';
import { handMadeProblems } from './hand_made.ts';
import { lookAtInputs, type TrainedRun } from './inputs.ts';
import { memoryWarnings } from './memory_warning.ts';
import { newRuns } from './new_runs.ts';
import { olderThanPlan } from './older_than_plan.ts';
import { commandMissing, missingPaths } from './paths_on_cluster.ts';
import { type DataShown, dataShown, type Expected, expectedCosts } from './preflight_estimates.ts';

export type Mode = 'new' | 'retry' | 'resume';

export interface Preflight {
  id?: string;
  jobs: number;
  gpu_hours: number;
  expected_start?: string;
  /** Runs that are not launched now, by why. */
  left_out: Record<string, string[]>;
  /** Attempts that differ from the plan, and how. */
  differing: ({ run: string } & OwnFiles)[];
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
  { mode, anyway, deep_check }: { mode: Mode; anyway: boolean; deep_check: boolean },
  context: Context,
): Promise<Preflight> {
  const { place, framework, attempts } = experiment;
  context.progress(`checking ${runs.length} runs on cluster ${cluster.profile.name}`);
  const { files, left_out, problems } =
    mode === 'new' ? newRuns(experiment, runs) : await againRuns(experiment, cluster, runs, { mode, anyway }, context.signal);
  const planned = new Map(runs.map((run) => [run.name, run]));
  const chosen = files.flatMap(({ run }) => planned.get(run) ?? []);
  problems.push(...olderThanPlan(experiment, cluster.profile, chosen));
  const facts = new Map<string, ConfigFacts>();
  for (const { run, config } of files) facts.set(run, framework.readConfig(config, `${run}/${framework.config_file}`));
  for (const { run, config, own } of files) if (own === undefined) problems.push(...handMadeProblems(framework, config, run));
  problems.push(...(await lookAtFolders(cluster, facts, context.signal)));
  problems.push(...(await lookForProgram(experiment, cluster, facts, context.signal)));
  const trained = files.flatMap(({ run: name, config, script }) => {
    const [run, of] = [planned.get(name), facts.get(name)];
    return run === undefined || of === undefined ? [] : [{ run, config, script, facts: of }];
  });
  const inputs = await lookAtInputs(experiment, cluster, trained, context.signal);
  problems.push(...inputs.problems, ...unequalBatches(trained), ...memoryWarnings(trained, framework));
  const judged =
    deep_check && trained.length > 0 ? await judge(experiment, cluster, trained, inputs.other_version, context.signal) : undefined;
  problems.push(...(judged?.problems ?? []));
  const trial = await tryScripts(cluster, files, context.signal);
  problems.push(...trial.problems, ...(await roomWarning(cluster, files, context)));

  const shown: Omit<Preflight, 'id'> = {
    jobs: files.length,
    gpu_hours: files.reduce((sum, file) => sum + gpuHours(file.script), 0),
    ...(trial.expected_start === undefined ? {} : { expected_start: trial.expected_start }),
    left_out,
    differing: files.flatMap(({ run, own }) => (own === undefined ? [] : [{ run, ...own }])),
    problems,
    deep_check: judged?.said ?? `not asked for: deep_check lets the ${framework.name} of the cluster judge the configs`,
    data: dataShown(inputs),
    expected: await expectedCosts(experiment, cluster.profile.name, trained, inputs.judgements, context),
  };
  if (files.length === 0 || problems.some((problem) => problem.severity === 'error')) return shown;
  const record: PreflightRecord = {
    cluster: cluster.profile.name,
    cluster_sha256: digest(JSON.stringify(cluster.profile)),
    cluster_dir: clusterExperimentDir(cluster.profile, place),
    items: files.map((file) => preflightItem(file, nextAttempt(attempts.get(file.run)))),
  };
  return { id: savePreflight(place.dir, record), ...shown };
}

/** A framework of another version is not asked: its verdicts would be about what the configs are not for. */
const judge = async (
  experiment: Experiment,
  cluster: Cluster,
  trained: readonly TrainedRun[],
  other: Problem | undefined,
  signal: AbortSignal,
): Promise<DeepCheck> =>
  other === undefined ? deepCheck(experiment, cluster, trained, signal) : { said: `not done: ${other.what}`, problems: [] };

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
  if (first === undefined) return [];
  const { program } = experiment.framework;
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
    const where = `${group[0]?.run}/finetune.slurm`;
    if (trial.out_of_service !== undefined)
      return [
        {
          severity: 'warning',
          where,
          what: `no node in service has what this job${others} asks for (${trial.fault}); drained or down: ${trial.out_of_service}`,
          fix: 'should one of those nodes have it, launch: the job waits for it; else mend the job settings in runs_plan.md, then generate_slurm_script again',
        },
      ];
    return [
      {
        severity: 'error',
        where,
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
