import { randomBytes } from 'node:crypto';
import type { ClusterProfile } from '../../clusters/profile.ts';
import type { ArrayPlace } from '../../clusters/scheduler.ts';
import { likeness } from '../../slurm/script_header.ts';
import type { Experiment } from '../experiment.ts';
import type { Cluster } from '../open_cluster.ts';
import type { LaunchItem } from './launch_items.ts';

/** The journal keeps token and task; the throttle is the profile's, which a preflight's id stands for too. */
export const arrayPlace = (token: string, task: number, { limits: { array_throttle } }: ClusterProfile): ArrayPlace => ({
  token,
  task,
  ...(array_throttle === undefined ? {} : { throttle: array_throttle }),
});

/** Slurm's default of MaxArraySize is 1001, and the largest index is one less. */
const LARGEST = 1000;

/**
 * Runs whose scripts ask Slurm for the same go as one array: one request, and one record while it waits. The embedded scheduler
 * has nothing to save by it. Items that were sent before stay as they were sent.
 */
export function inArrays(
  items: readonly LaunchItem[],
  { plan }: Experiment,
  { profile, scheduler }: Cluster,
  largest = LARGEST,
): LaunchItem[] {
  // A site may take no arrays: then its MaxArraySize is 0.
  if (scheduler.name !== 'slurm' || profile.limits.array === false || largest < 2) return [...items];
  const groups = new Map<string, LaunchItem[]>();
  for (const item of items) {
    const like = likeness(item.files.script);
    if (like === undefined || item.open) continue;
    const key = JSON.stringify(like);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  const placed = new Map<LaunchItem, LaunchItem>();
  for (const group of groups.values()) {
    for (let from = 0; from < group.length; from += largest) {
      const part = group.slice(from, from + largest);
      if (part.length < 2) continue;
      const token = randomBytes(6).toString('hex');
      const job_name = `${plan.experiment.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 80)}.${token}`;
      for (const [task, item] of part.entries()) placed.set(item, { ...item, job_name, array: arrayPlace(token, task, profile) });
    }
  }
  return items.map((item) => placed.get(item) ?? item);
}
