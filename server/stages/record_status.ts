import { writeStatus } from '../experiment/status.ts';
import type { Context } from '../launch/context.ts';
import { type Experiment, journalOf } from '../launch/experiment.ts';
import type { Problem } from '../model/problem.ts';

/** Brings `runs_status.yaml` up to what the journal says now. */
export function recordStatus(experiment: Experiment, context: Context): Problem[] {
  const { attempts } = journalOf(experiment.place.dir);
  experiment.attempts = attempts;
  return writeStatus(experiment.place.dir, experiment.plan.experiment, experiment.plan.runs, attempts, context.now());
}
