import type { Problem } from '../../model/problem.ts';
import type { TrainedRun } from './inputs.ts';
import type { SiteLook } from './site_look.ts';

const GIB = 2 ** 30;

export const gib = (bytes: number): string => (bytes < GIB ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / GIB).toFixed(1)} GiB`);

export function weightProblems(cluster: string, runs: readonly TrainedRun[], faults: SiteLook['weights']): Problem[] {
  return faults.map(({ path, fault }) => {
    const reading = runs.filter(({ facts }) => facts.needs.some((need) => need.path === path));
    const what = reading[0]?.facts.needs.find((need) => need.path === path)?.what ?? 'a file';
    const more = reading.length > 1 ? ` (${reading.length} runs read it)` : '';
    return {
      severity: 'error',
      where: reading[0]?.run.name ?? '',
      what: `${what} on ${cluster}: ${path}: ${fault}${more}`,
      fix: 'download it again',
    };
  });
}

/** All runs' checkpoints against what is free, disk by disk. */
export function spaceProblems(cluster: string, runs: readonly TrainedRun[], places: SiteLook['space']): Problem[] {
  const disks = new Map<string, { free: number; quota: boolean; path: string; needed: number; runs: number }>();
  for (const { path, device = path, free, quota = false } of places) {
    if (free === undefined) continue;
    const disk = disks.get(device) ?? { free, quota, path, needed: 0, runs: 0 };
    for (const { facts } of runs) {
      if (facts.writes[0] !== path) continue;
      disk.needed += facts.training.checkpoint_bytes ?? 0;
      disk.runs += 1;
    }
    disks.set(device, disk);
  }
  return [...disks.values()]
    .filter(({ needed, free }) => needed > free)
    .map(({ needed, free, quota, path, runs: writing }) => ({
      severity: 'warning',
      where: `cluster ${cluster}`,
      what: `the checkpoints of ${writing} ${writing === 1 ? 'run' : 'runs'} need about ${gib(needed)}, and ${gib(free)} are free${quota ? ' in your quota' : ''} where they are written (${path})`,
      fix: 'free some space, launch fewer runs at once, or set save_adapter_weights_only to true where the merged weights are not needed',
    }));
}
