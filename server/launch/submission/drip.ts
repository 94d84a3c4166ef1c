import { ConnectionError } from '../../clusters/connection.ts';
import { WAITING } from '../../experiment/attempts.ts';
import type { Problem } from '../../model/problem.ts';
import { UserError } from '../../model/problem.ts';
import type { Context } from '../context.ts';
import { type Experiment, journalOf } from '../experiment.ts';
import { openCluster } from '../open_cluster.ts';
import { launch } from './launch.ts';
import { loadPreflight } from './preflight_record.ts';

export interface Dripped {
  /** Runs that waited for room and have a job now. */
  submitted: string[];
  problems: Problem[];
}

/** Submits what was launched and waits for room, as far as there is room now. Exactly the attempts that were launched. */
export async function drip(experiment: Experiment, context: Context): Promise<Dripped> {
  const waiting = [...experiment.attempts.values()].flatMap((attempts) => attempts.filter(({ state }) => state === WAITING));
  const result: Dripped = { submitted: [], problems: [] };
  for (const id of new Set(waiting.map(({ preflight_id }) => preflight_id))) {
    try {
      const record = loadPreflight(experiment.place.dir, id);
      const cluster = await openCluster(context, record.cluster);
      const { submitted, refused, uncertain } = await launch(experiment, cluster, record, id, context, 'waiting');
      result.submitted.push(...submitted.map(({ run }) => run));
      for (const { run, why } of [...refused, ...uncertain])
        result.problems.push({
          severity: 'warning',
          where: run,
          what: `it waited for room and was not submitted: ${why}`,
          fix: 'call launch_runs again with the same preflight_id',
        });
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof UserError)) throw error;
      const fix = 'launch_runs with the same preflight_id tries again; cancel_runs takes the runs out of the queue';
      result.problems.push({
        severity: 'warning',
        where: `preflight ${id}`,
        what: `runs wait for room, and could not be submitted: ${error.message}`,
        fix,
      });
    }
  }
  if (result.submitted.length > 0) experiment.attempts = journalOf(experiment.place.dir).attempts;
  return result;
}
