import { join } from 'node:path';
import { type Attempt, changeText, isFinal } from '../experiment/attempts.ts';
import { isFile, isFolder } from '../experiment/place.ts';
import { runState } from '../experiment/status.ts';
import type { Context, Next } from '../launch/context.ts';
import { openExperiment } from '../launch/experiment.ts';
import { SCRIPT_FILE } from '../launch/run_files.ts';
import { fineTuneRuns, type PlannedRun } from '../model/plan.ts';
import { type Answer, fewNames, plural, shortList, withProblems } from './answer.ts';

export interface StatusOutput extends Answer {
  stages: { stage: string; done: number; to_do: number; missing?: string[] }[];
  /** Runs by state, as last seen; `monitor_jobs` looks anew. */
  states: Record<string, number>;
  /** Runs whose newest attempt is not just what the plan says, and how it differs. */
  differing?: { run: string; attempt: number; changes: string[]; resumed_from?: string }[];
}

/** For each stage: done, to do, for which runs. Reads only the disk. */
export async function experimentStatus(input: { experiment_dir: string }, context: Context): Promise<StatusOutput> {
  const { place, plan, framework, attempts, problems } = await openExperiment(input.experiment_dir, context);
  const trained = fineTuneRuns(plan);
  let first = true;
  const stage = (name: string, runs: readonly PlannedRun[], isDone: (run: PlannedRun) => boolean): StatusOutput['stages'][number] => {
    const missing = runs.filter((run) => !isDone(run)).map((run) => run.name);
    const done = runs.length - missing.length;
    if (missing.length === 0) return { stage: name, done, to_do: 0 };
    // The stage that comes next is told run by run; those after it mostly wait for the same runs.
    const shown = first ? shortList(missing) : fewNames(missing);
    first = false;
    return { stage: name, done, to_do: missing.length, missing: shown };
  };
  const stateOf = (run: PlannedRun): string => runState(run.type, attempts.get(run.name));
  const stages = [
    stage('setup_experiment_dirs', plan.runs, (run) => isFolder(join(place.dir, run.name, 'evaluations'))),
    stage(framework.config_tool, trained, (run) => isFile(join(place.dir, run.name, framework.config_file))),
    stage('generate_slurm_script', trained, (run) => isFile(join(place.dir, run.name, SCRIPT_FILE))),
    stage('launch_runs', trained, (run) => !['planned', 'refused'].includes(stateOf(run))),
    stage('monitor_jobs', trained, (run) => stateOf(run) === 'COMPLETED'),
  ];
  const states: Record<string, number> = {};
  for (const run of plan.runs) states[stateOf(run)] = (states[stateOf(run)] ?? 0) + 1;
  const differing = [...attempts].flatMap(([run, known]) => differenceOf(run, known.at(-1)));
  const open = stages.find((one) => one.to_do > 0);
  return {
    summary: `${plural(plan.runs.length, 'run')}: ${Object.entries(states)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ')}${differing.length === 0 ? '' : `; ${differing.length} trained otherwise than the plan`}.`,
    stages,
    states,
    ...(differing.length === 0 ? {} : { differing: differing.slice(0, SHOWN) }),
    next: nextStage(open, Object.keys(states)),
    ...withProblems(problems),
  };
}

const SHOWN = 20;

function differenceOf(run: string, newest: Attempt | undefined): NonNullable<StatusOutput['differing']> {
  if (newest?.changes === undefined) return [];
  const { attempt, changes, resumed_from } = newest;
  return [{ run, attempt, changes: changes.map(changeText), ...(resumed_from === undefined ? {} : { resumed_from }) }];
}

function nextStage(open: StatusOutput['stages'][number] | undefined, states: readonly string[]): Next {
  if (open === undefined)
    return {
      tool: 'plan_runs',
      why: 'every fine-tune run is COMPLETED, with its checkpoints in <run>/artifacts/; revise adds further runs',
    };
  if (open.stage === 'launch_runs') return { tool: 'preflight_runs', why: `${plural(open.to_do, 'run')} not launched yet` };
  if (open.stage === 'monitor_jobs' && states.some((state) => state !== 'COMPLETED' && isFinal(state)))
    return { tool: 'diagnose_runs', why: 'tells why runs have failed, and how to go on' };
  return { tool: open.stage, why: `${plural(open.to_do, 'run')} to do` };
}
