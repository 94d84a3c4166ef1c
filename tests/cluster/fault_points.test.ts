import { describe, expect, test } from 'vitest';
import { ClusterRuns } from '../support/cluster_runs.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { FaultAccount } from '../support/fault_account.ts';
import { isPacket, LaunchUnderFault } from '../support/launch_under_fault.ts';

const cluster = developmentCluster();
const each = <T>(count: number, list: readonly T[]): T[] => list.filter((_, index) => index % count === 0);

/** At some of its steps: tests/long takes them all. */
describe.skipIf(cluster === undefined)('a launch to which something happens on its way', () => {
  if (cluster === undefined) return;

  test('leaves one job for each run and the right states', async () => {
    const launch = await LaunchUnderFault.prepare(new ClusterRuns(cluster, 'points'), 'launch', 4);
    const account = new FaultAccount();
    try {
      const steps = await launch.serverSteps();
      const changes = steps.filter((step) => !isPacket(step));
      for (const step of each(3, changes)) account.add('server killed', await launch.inServer(step, 'kill'));
      for (const step of each(40, steps.filter(isPacket))) account.add('connection cut', await launch.inServer(step, 'cut'));
      for (const step of each(2, changes).filter(({ of }) => of === 'writeSync')) {
        account.add('server killed within', await launch.inServer(step, 'tear'));
        account.add('disk full', await launch.onDisk(step, 'full'));
      }
      const commands = await launch.clusterSteps();
      expect(commands.length).toBeGreaterThan(100);
      const ways = ['cut', 'orphan', 'kill'] as const;
      for (let at = 1; at <= commands.length; at += 60) {
        const how = ways[Math.floor(at / 60) % ways.length] ?? 'cut';
        account.add(`${how} at command ${at} of the cluster`, await launch.onCluster({ at, how }), { doubt: how !== 'cut' });
      }
    } finally {
      launch.finish();
    }
    process.stdout.write(`${account.summary}\n`);
    expect(account.wrong).toEqual([]);
    expect(account.points).toBeGreaterThan(10);
    const states = account.endings.flatMap(({ first }) => Object.values(first));
    expect(states).toEqual(expect.arrayContaining(['planned', 'uncertain', 'PENDING']));
  });
});
