import { describe, expect, test } from 'vitest';
import { ClusterRuns } from '../support/cluster_runs.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { type Ending, LaunchUnderFault, wrongWith } from '../support/launch_under_fault.ts';

const cluster = developmentCluster();

/** Every step of the disk, and some of the others: tests/long takes them all. */
describe.skipIf(cluster === undefined)('a launch to which something happens on its way', () => {
  if (cluster === undefined) return;

  test('leaves one job for each run and the right states', async () => {
    const launch = await LaunchUnderFault.prepare(new ClusterRuns(cluster, 'points'), 'launch', 4);
    const endings: Ending[] = [];
    const wrong: string[] = [];
    const told = (what: string, ending: Ending, doubt = false): void => {
      endings.push(ending);
      wrong.push(...wrongWith(ending, doubt).map((fault) => `${what} at "${ending.step}": ${fault}`));
    };
    try {
      const steps = await launch.serverSteps();
      const network = (name: string): boolean => name === 'send' || name === 'receive';
      for (const [index, name] of steps.entries()) {
        const at = index + 1;
        if (!network(name)) told(`server killed at step ${at}`, await launch.inServer({ at, act: 'kill' }));
        if (name === 'writeSync') told(`server killed within step ${at}`, await launch.inServer({ at, act: 'tear' }));
        if (network(name) && at % 15 === 0) told(`connection cut at step ${at}`, await launch.inServer({ at, act: 'cut' }));
      }
      const commands = await launch.clusterSteps();
      const ways = ['cut', 'orphan', 'kill'] as const;
      for (let at = 1; at <= commands; at += 24) {
        const how = ways[Math.floor(at / 24) % ways.length] ?? 'cut';
        told(`${how} at command ${at} of the cluster`, await launch.onCluster({ at, how }), how !== 'cut');
      }
    } finally {
      launch.finish();
    }
    expect(wrong).toEqual([]);
    expect(endings.filter(({ step }) => step !== undefined).length).toBeGreaterThan(20);
    expect(endings.flatMap(({ first }) => Object.values(first))).toEqual(expect.arrayContaining(['planned', 'uncertain', 'PENDING']));
  });
});
