import type { StatusRun } from '../experiment/status.ts';
import { fineTuneRuns, PLAN_FILE } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { Experiment } from './experiment.ts';

type Known = Pick<Experiment, 'plan' | 'attempts'>;

/** Runs that have jobs but are no fine-tune runs of the plan any more: removed, renamed or turned into base runs by hand. */
function strayRuns({ plan, attempts }: Known): string[] {
  if (attempts.size === 0) return [];
  const trained = new Set(fineTuneRuns(plan).map((run) => run.name));
  return [...attempts.keys()].filter((name) => !trained.has(name));
}

/** Whatever can have a job: the plan's fine-tune runs, and every other run that has one. No job is lost with a row of the plan. */
export const watchedRuns = (known: Known): StatusRun[] => [
  ...fineTuneRuns(known.plan),
  ...strayRuns(known).map((name): StatusRun => ({ name, type: 'fine-tune' })),
];

/** Every name that a person may give: the plan's runs, and those of jobs. */
export function everyRun(known: Known): { name: string }[] {
  const planned = new Set(known.plan.runs.map((run) => run.name));
  return [...known.plan.runs, ...strayRuns(known).flatMap((name) => (planned.has(name) ? [] : [{ name }]))];
}

export function strayWarning(known: Known): Problem[] {
  const stray = strayRuns(known);
  if (stray.length === 0) return [];
  const shown = stray.slice(0, 5).join(', ') + (stray.length > 5 ? `, and ${stray.length - 5} more` : '');
  return [
    {
      severity: 'warning',
      where: PLAN_FILE,
      what: `these runs have jobs but are no fine-tune runs of the plan any more: ${shown}`,
      fix: 'put their rows back; or leave it: their jobs are still watched, and cancel_runs and read_job_log take their names',
    },
  ];
}
