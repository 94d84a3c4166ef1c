import { changeText } from '../experiment/attempts.ts';
import type { Context } from '../launch/context.ts';
import { openExperiment } from '../launch/experiment.ts';
import { openCluster } from '../launch/open_cluster.ts';
import { type Mode, type Preflight, preflight } from '../launch/preflight/preflight.ts';
import type { DataShown, Expected } from '../launch/preflight/preflight_estimates.ts';
import { SCRIPT_FILE } from '../launch/run_files.ts';
import { chooseRuns } from '../model/run_selection.ts';
import { type Answer, plural, shortList, withProblems } from './answer.ts';
import { requireFiles, requireRunFolders } from './prerequisites.ts';

export interface PreflightInput {
  experiment_dir: string;
  runs?: string[] | undefined;
  mode?: Mode | undefined;
  anyway?: boolean | undefined;
  deep_check?: boolean | undefined;
}

export interface PreflightOutput extends Answer {
  preflight_id?: string;
  cluster: string;
  jobs: number;
  gpu_hours: number;
  expected_start?: string;
  left_out: { why: string; count: number; runs: string[] }[];
  deep_check: string;
  data?: DataShown[];
  expected?: Expected[];
  /** What the attempts have otherwise than the plan; alike ones together. */
  changes: { change: string; why: string; count: number; runs: string[] }[];
}

/** Shows what launch_runs would do: jobs, GPU-hours, expected start, problems. Submits nothing. */
export async function preflightRuns(input: PreflightInput, context: Context): Promise<PreflightOutput> {
  const experiment = await openExperiment(input.experiment_dir, context);
  const { plan, place, framework } = experiment;
  const runs = chooseRuns(plan.runs, input.runs).filter((run) => run.type === 'fine-tune');
  requireRunFolders(place.dir, runs);
  requireFiles(place.dir, runs, framework.config_file, framework.config_tool);
  requireFiles(place.dir, runs, SCRIPT_FILE, 'generate_slurm_script');

  const cluster = await openCluster(context, plan.cluster);
  const wanted = { mode: input.mode ?? 'new', anyway: input.anyway ?? false, deep_check: input.deep_check ?? false };
  const found = await preflight(experiment, cluster, runs, wanted, context);
  const gpu_hours = Math.round(found.gpu_hours * 10) / 10;
  const errors = found.problems.filter((problem) => problem.severity === 'error').length;
  const left = Object.values(found.left_out).reduce((sum, names) => sum + names.length, 0);
  const cost = `${plural(found.jobs, 'job')}, at most ${plural(gpu_hours, 'GPU-hour')}, on cluster ${plan.cluster}`;
  const differing = found.differing.length > 0 ? `; ${found.differing.length} of them other than the plan` : '';
  return {
    summary: errors > 0 ? `${cost}: not ready, ${plural(errors, 'error')}.` : `${cost}${differing}${left > 0 ? `; ${left} left out` : ''}.`,
    ...(found.id === undefined ? {} : { preflight_id: found.id }),
    cluster: plan.cluster,
    jobs: found.jobs,
    gpu_hours,
    ...(found.expected_start === undefined ? {} : { expected_start: found.expected_start }),
    left_out: Object.entries(found.left_out).map(([why, names]) => ({ why, count: names.length, runs: shortList(names) })),
    deep_check: found.deep_check,
    ...(found.data.length > 0 ? { data: found.data } : {}),
    ...(found.expected.length > 0 ? { expected: found.expected } : {}),
    changes: changesOf(found.differing),
    next: nextAfter(found, errors, input.mode ?? 'new'),
    ...withProblems([...experiment.problems, ...found.problems]),
  };
}

/** Ten thousand runs are changed in a few ways. */
function changesOf(differing: Preflight['differing']): PreflightOutput['changes'] {
  const groups = new Map<string, { change: string; why: string; runs: string[] }>();
  const add = (change: string, why: string, run: string): void => {
    const known = groups.get(change) ?? { change, why, runs: [] };
    known.runs.push(run);
    groups.set(change, known);
  };
  for (const { run, changes, resumed_from } of differing) {
    if (resumed_from !== undefined) add(`goes on after ${resumed_from}`, 'its last complete checkpoint', run);
    for (const change of changes) add(changeText(change), change.why, run);
  }
  return [...groups.values()].slice(0, SHOWN).map(({ change, why, runs }) => ({ change, why, count: runs.length, runs: shortList(runs) }));
}

const SHOWN = 20;

function nextAfter({ id, jobs, left_out }: Preflight, errors: number, mode: Mode): Answer['next'] {
  if (errors > 0) return { tool: 'preflight_runs', why: 'mend the errors first; then call it again' };
  if (jobs > 0) return { tool: 'launch_runs', why: `submits them with preflight_id ${id}; ask the person first` };
  if (mode === 'resume' && Object.keys(left_out).some((why) => why.includes('mode "retry"')))
    return { tool: 'preflight_runs', why: 'left_out says why none goes on from a checkpoint; mode "retry" starts them afresh' };
  return { tool: 'monitor_jobs', why: 'there is nothing to launch' };
}
