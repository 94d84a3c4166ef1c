import { describe, expect, test } from 'vitest';
import { ClusterRuns } from '../support/cluster_runs.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { type Ending, LaunchUnderFault, wrongWith } from '../support/launch_under_fault.ts';

const cluster = developmentCluster();

describe.skipIf(cluster === undefined)('a launch to which something happens, at every step that it has', () => {
  if (cluster === undefined) return;
  const runs = new ClusterRuns(cluster, 'every-point');
  let hit = 0;

  /** Takes every point; what is wrong, in words. */
  async function all(points: readonly { what: string; doubt?: boolean; act: () => Promise<Ending> }[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const { what, doubt, act } of points) {
      const ending = await act();
      if (ending.step !== undefined) hit += 1;
      wrong.push(...wrongWith(ending, doubt).map((fault) => `${what} at "${ending.step}": ${fault}`));
    }
    return wrong;
  }

  async function prepared<T>(name: string, act: (launch: LaunchUnderFault) => Promise<T>): Promise<T> {
    const launch = await LaunchUnderFault.prepare(runs, name, 4);
    try {
      return await act(launch);
    } finally {
      launch.finish();
    }
  }

  test('the server killed before, and within, each step', async () => {
    const wrong = await prepared('killed', async (launch) => {
      const steps = await launch.serverSteps();
      return all(
        steps.flatMap((name, index) => {
          const at = index + 1;
          const kill = { what: `killed at step ${at}`, act: () => launch.inServer({ at, act: 'kill' }) };
          const tear = { what: `killed within step ${at}`, act: () => launch.inServer({ at, act: 'tear' }) };
          return name === 'writeSync' ? [kill, tear] : [kill];
        }),
      );
    });
    expect(wrong).toEqual([]);
  });

  test('the connection cut with each packet', async () => {
    const wrong = await prepared('cut', async (launch) => {
      const steps = await launch.serverSteps();
      return all(
        steps.flatMap((name, index) =>
          name === 'send' || name === 'receive'
            ? [{ what: `cut at step ${index + 1}`, act: () => launch.inServer({ at: index + 1, act: 'cut' }) }]
            : [],
        ),
      );
    });
    expect(wrong).toEqual([]);
  });

  test.each(['cut', 'orphan', 'kill'] as const)('%s at each command that the cluster runs', async (how) => {
    const wrong = await prepared(`cluster-${how}`, async (launch) => {
      const commands = await launch.clusterSteps();
      // A killed script leaves locks of which nobody can know whether sbatch was reached: such a run stays uncertain.
      return all(
        Array.from({ length: commands }, (_, index) => ({
          what: `${how} at command ${index + 1}`,
          doubt: how !== 'cut',
          act: () => launch.onCluster({ at: index + 1, how }),
        })),
      );
    });
    expect(wrong).toEqual([]);
  });

  test('those were more than 200 points', () => {
    expect(hit).toBeGreaterThan(200);
  });
});
