import type { Context } from '../context.ts';
import type { Experiment } from '../experiment.ts';
import type { Cluster } from '../open_cluster.ts';
import { inArrays } from './arrays.ts';
import { itemsOf, type LaunchItem, type Which } from './launch_items.ts';
import { type LaunchResult, recordIntents, recordOutcomes, recordWaiting } from './launch_records.ts';
import { refuseOvertaken } from './overtaken.ts';
import type { PreflightRecord } from './preflight_record.ts';
import { byRoom, limitsOf } from './room.ts';
import { sendFiles, submitAll } from './send.ts';

/**
 * Submits what the preflight showed, and nothing else. Intents are on the disk before anything is sent; a token never
 * becomes two jobs (the scheduler sees to that), so a launch that was cut off anywhere is finished by calling it again.
 */
export async function launch(
  experiment: Experiment,
  cluster: Cluster,
  record: PreflightRecord,
  id: string,
  context: Context,
  which: Which = 'all',
): Promise<LaunchResult> {
  const { items: chosen, ...settled } = itemsOf(experiment, cluster, record, id, which);
  const result: LaunchResult = { submitted: [], waiting: [], uncertain: [], ...settled };
  if (chosen.length === 0) return result;
  const { go, wait } = await byRoom(cluster, chosen, context);
  for (const { item, why } of wait) result.waiting.push({ run: item.run, why });

  if (go.length > 0) context.progress(`sending ${go.length} jobs to ${cluster.profile.name}`);
  await sendFiles(experiment, cluster, go, context);
  refuseOvertaken(experiment.place.dir, chosen);
  recordWaiting(experiment, cluster, wait, id, context);
  const round = async (items: readonly LaunchItem[], largest?: number): Promise<LaunchItem[]> => {
    const placed = inArrays(items, experiment, cluster, largest);
    refuseOvertaken(experiment.place.dir, placed);
    recordIntents(experiment, cluster, placed, id, context);
    const outcomes = await submitAll(experiment, cluster, placed, context);
    return recordOutcomes(experiment, placed, outcomes, context, result);
  };
  let rest = await round(go, (await limitsOf(cluster, context)).max_array_size);
  // An array goes whole or not at all. Where a limit that nobody told of has no room for it, halving finds how much there is.
  for (let size = Math.floor(rest.length / 2); size > 0 && rest.some(({ array }) => array !== undefined); size = Math.floor(size / 2)) {
    const refused = await round(rest.slice(0, size).map(alone));
    if (refused.length === 0) rest = rest.slice(size);
  }
  return result;
}

/** As a job of its own, or for another array: its intent is written anew. */
const alone = ({ array: _array, ...item }: LaunchItem): LaunchItem => ({ ...item, job_name: `${item.run}.${item.token}`, open: false });
