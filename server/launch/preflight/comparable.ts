import { inPlan } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import type { TrainedRun } from './inputs.ts';

/** Runs of one experiment are compared: another effective batch is another training, and is rarely meant. */
export function unequalBatches(runs: readonly TrainedRun[]): Problem[] {
  const groups = new Map<number, TrainedRun[]>();
  for (const trained of runs) {
    const batch = trained.facts.training.effective_batch;
    groups.set(batch, [...(groups.get(batch) ?? []), trained]);
  }
  if (groups.size < 2) return [];
  const [usual, ...odd] = [...groups].sort(([, a], [, b]) => b.length - a.length);
  const [first] = odd.flatMap(([, members]) => members);
  if (usual === undefined || first === undefined) return [];
  const shown = odd
    .slice(0, 5)
    .map(([batch, members]) => `${batch} in ${namesOf(members)}`)
    .join('; ');
  return [
    {
      severity: 'warning',
      where: inPlan(first.run.at),
      what: `the effective batch (batch_size x gradient_accumulation_steps x devices) is ${usual[0]} in ${usual[1].length} of ${runs.length} runs, but ${shown}${odd.length > 5 ? '; ...' : ''}: their results differ by more than what the plan varies`,
      fix: 'set gradient_accumulation_steps so that all are equal, or leave it if the batch is what you compare',
    },
  ];
}

const namesOf = (runs: readonly TrainedRun[]): string =>
  runs
    .slice(0, 3)
    .map(({ run }) => run.name)
    .join(', ') + (runs.length > 3 ? ` and ${runs.length - 3} more` : '');
