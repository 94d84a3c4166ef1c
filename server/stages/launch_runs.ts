import { withExperimentLock } from '../experiment/lock.ts';
import { noPlan } from '../experiment/no_plan.ts';
import { isFolder, placeOf } from '../experiment/place.ts';
import type { Context } from '../launch/context.ts';
import { openExperiment } from '../launch/experiment.ts';
import { openCluster } from '../launch/open_cluster.ts';
import { launch } from '../launch/submission/launch.ts';
import { loadPreflight } from '../launch/submission/preflight_record.ts';
import { mendOf } from '../slurm/refusal_mends.ts';
import { type Answer, fewNames, plural, withProblems } from './answer.ts';
import { recordStatus } from './record_status.ts';
import { waitWords } from './waiting.ts';

export interface LaunchOutput extends Answer {
  submitted: { run: string; job_id: string }[];
  /** Launched, and submitted by later calls, when the queue has room. */
  waiting_for_room?: { run: string; why: string }[];
  already_running: string[];
  uncertain: { run: string; why: string }[];
  refused: { run: string; why: string; fix: string }[];
  counts: Record<string, number>;
}

const SHOWN = 20;

/** Submits exactly what a preflight showed. Calling it again with the same id finishes a launch that was cut off. */
export async function launchRuns(input: { experiment_dir: string; preflight_id: string }, context: Context): Promise<LaunchOutput> {
  const place = placeOf(input.experiment_dir, context.root);
  if (!isFolder(place.dir)) throw noPlan(input.experiment_dir, place.dir, context.root);
  return withExperimentLock(place.dir, async () => {
    const experiment = await openExperiment(input.experiment_dir, context);
    const record = loadPreflight(experiment.place.dir, input.preflight_id);
    const cluster = await openCluster(context, experiment.plan.cluster);
    const result = await launch(experiment, cluster, record, input.preflight_id, context);
    const problems = [...experiment.problems, ...recordStatus(experiment, context)];
    const counts = {
      submitted: result.submitted.length,
      already_running: result.already.length,
      uncertain: result.uncertain.length,
      refused: result.refused.length,
      ...(result.waiting.length > 0 ? { waiting_for_room: result.waiting.length } : {}),
    };
    const full = result.waiting[0]?.why;
    const rest = [
      ...(full === undefined ? [] : [waitWords({ runs: result.waiting.length, why: full })]),
      ...(counts.already_running > 0 ? [`${counts.already_running} already launched`] : []),
      ...(counts.uncertain > 0 ? [`${counts.uncertain} uncertain`] : []),
      ...(counts.refused > 0 ? [`${counts.refused} refused`] : []),
    ];
    return {
      summary: `${plural(counts.submitted, 'job')} submitted to ${record.cluster}${rest.length > 0 ? `; ${rest.join(', ')}` : ''}.`,
      submitted: result.submitted.slice(0, SHOWN),
      ...(result.waiting.length > 0 ? { waiting_for_room: result.waiting.slice(0, SHOWN) } : {}),
      already_running: fewNames(result.already),
      uncertain: result.uncertain.slice(0, SHOWN),
      refused: result.refused.slice(0, SHOWN).map((one) => ({ ...one, fix: mendOf(one.why) })),
      counts,
      next: nextAfter(counts, input.preflight_id),
      ...withProblems(problems),
    };
  });
}

function nextAfter(
  counts: { uncertain: number; refused: number; submitted: number; waiting_for_room?: number },
  id: string,
): Answer['next'] {
  if (counts.uncertain > 0)
    return {
      tool: 'launch_runs',
      why: `the same call with preflight_id ${id} finds out about the uncertain runs and never submits one twice`,
    };
  if (counts.refused > 0 && counts.submitted === 0)
    return { tool: 'preflight_runs', why: 'mend what the cluster refused; a new preflight and launch then submit the refused runs alone' };
  if ((counts.waiting_for_room ?? 0) > 0)
    return { tool: 'monitor_jobs', why: 'watches the jobs, and submits the runs that wait for room as others end' };
  return { tool: 'monitor_jobs', why: 'watches the jobs; wait_seconds lets it wait for a change' };
}
