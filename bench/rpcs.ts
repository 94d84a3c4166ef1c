import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionPool } from '../server/clusters/pool.ts';
import type { Context } from '../server/launch/context.ts';
import { launchRuns } from '../server/stages/launch_runs.ts';
import { monitorJobs } from '../server/stages/monitor_jobs.ts';
import { preflightRuns } from '../server/stages/preflight_runs.ts';
import { clusterHomeWith } from '../tests/support/cluster_home.ts';
import { type Figure, figure } from './figure.ts';

const COUNT = 100;

/** Requests to slurmctld in the user's name, by sdiag, from the preflight to the last end: as one array, and as separate jobs. */
export async function rpcs(): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), 'runwright-bench-'));
  const pool = new ConnectionPool();
  const contextOf = (): Context => ({
    now: () => new Date(),
    root: { dir: home, fenced: true },
    config_dir: join(home, 'config'),
    state_dir: join(home, 'state'),
    supervisor: [],
    connections: () => Promise.resolve(pool),
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  const { lab, user, slurm, make, shown } = clusterHomeWith('rpcs', { five: '#!/bin/bash\nsleep 5\n' }, contextOf);
  if (lab === undefined) return [];
  make();
  const requests = (): number => Number(new RegExp(`^\\s+${user}\\s.*count:(\\d+)`, 'm').exec(slurm('sdiag'))?.[1] ?? 0);
  const spent = async (name: string, limits: Record<string, unknown>): Promise<number> => {
    // 64 CPUs, four for each job: sixteen at once.
    const defaults = { partition: 'cpu', mem: '100M', cpus: 4, time: '0:05:00' };
    const { context, experiment_dir } = await shown(name, COUNT, 'five', { limits, defaults });
    const before = requests();
    const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
    await launchRuns({ experiment_dir, preflight_id }, context);
    const { counts } = await monitorJobs({ experiment_dir, wait_seconds: 300, until: 'done' }, context);
    if (counts.COMPLETED !== COUNT) throw new Error(`not all of them ended well: ${JSON.stringify(counts)}`);
    return requests() - before;
  };
  const array = await spent('as_array', {});
  const separate = await spent('separate', { array: false });
  const what = `slurmctld requests of ${COUNT} jobs of 5 s, preflight to done`;
  await pool.closeAll();
  rmSync(home, { recursive: true });
  return [
    figure(`${what}, one array`, array, 'at most 20', 20, 'RPCs', 1),
    figure(`${what}, separate jobs`, separate, 'at most 125', 125, 'RPCs', 1),
  ];
}
