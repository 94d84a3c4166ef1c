import { afterAll, describe, expect, test } from 'vitest';
import { ClusterRuns } from '../support/cluster_runs.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { FaultAccount } from '../support/fault_account.ts';
import { type DaemonFault, isPacket, LaunchUnderFault } from '../support/launch_under_fault.ts';

const cluster = developmentCluster();

/** Where a submission stands, by the command that comes next. */
const STAGES = [
  ['before the folders', /^printf '%s\\0' /],
  ['before the lock', /^hold .*submit[.]lock/],
  ['before sbatch', /^said=\$\(exec sbatch/],
  ['after sbatch', /^code=\$[?]$/],
  ['before the receipt', /^printf '%s %s written/],
  ['before the answer', /^printf '%s %s %s_%s/],
] as const;

describe.skipIf(cluster === undefined)('a launch to which something happens, at every step that it has', () => {
  if (cluster === undefined) return;
  const runs = new ClusterRuns(cluster, 'every-point');
  const { lab } = runs;
  const account = new FaultAccount();

  afterAll(() => {
    process.stdout.write(`all in all ${account.summary}\n`);
  });

  /** Each kind of fault is judged by itself. */
  async function prepared(name: string, act: (launch: LaunchUnderFault) => Promise<void>, limits = {}): Promise<void> {
    const [before, points, missed] = [account.wrong.length, account.points, account.missed];
    const launch = await LaunchUnderFault.prepare(runs, name, 4, limits);
    try {
      await act(launch);
    } finally {
      launch.finish();
    }
    process.stdout.write(`after ${name}: ${account.summary}\n`);
    expect(account.wrong.slice(before)).toEqual([]);
    // How many packets there are differs from launch to launch, by how they fall: the last ones can be missing.
    expect(account.missed - missed).toBeLessThan((account.points - points) / 2);
  }

  test('the server killed before, and within, each step', async () => {
    await prepared('killed', async (launch) => {
      const steps = await launch.serverSteps();
      expect(steps.length).toBeGreaterThan(100);
      for (const step of steps) {
        account.add(`killed at ${step.at}`, await launch.inServer(step, 'kill'));
        if (step.of === 'writeSync') account.add(`killed within ${step.at}`, await launch.inServer(step, 'tear'));
      }
    });
  });

  test('the disk of its journal full, or read-only, from each step on', async () => {
    await prepared('disk', async (launch) => {
      const steps = (await launch.serverSteps()).filter((step) => !isPacket(step));
      for (const step of steps) {
        account.add(`full at ${step.at}`, await launch.onDisk(step, 'full'));
        // A disk on which a file is open for writing cannot become read-only.
        if (!/^(write|fsync)Sync$/.test(step.of)) account.add(`read-only at ${step.at}`, await launch.onDisk(step, 'readonly'));
      }
    });
  });

  test('the connection cut with each packet', async () => {
    await prepared('cut', async (launch) => {
      for (const step of (await launch.serverSteps()).filter(isPacket))
        account.add(`cut at ${step.at}`, await launch.inServer(step, 'cut'));
    });
  });

  test.each(['cut', 'orphan', 'kill'] as const)('%s at each command that the cluster runs', async (how) => {
    await prepared(`cluster-${how}`, async (launch) => {
      const commands = await launch.clusterSteps();
      expect(commands.length).toBeGreaterThan(100);
      // A killed script leaves locks of which nobody can know whether sbatch was reached: such a run stays uncertain.
      for (let at = 1; at <= commands.length; at += 1)
        account.add(`${how} at command ${at}`, await launch.onCluster({ at, how }), { doubt: how !== 'cut' });
    });
  });

  test('one of these, in turn, at each command for jobs that go separately, two at a time', async () => {
    await prepared(
      'separate',
      async (launch) => {
        const commands = await launch.clusterSteps();
        expect(commands.length).toBeGreaterThan(100);
        const ways = ['cut', 'orphan', 'kill'] as const;
        for (let at = 1; at <= commands.length; at += 1) {
          const how = ways[at % ways.length] ?? 'cut';
          account.add(`${how} at command ${at}`, await launch.onCluster({ at, how }), { doubt: how !== 'cut' });
        }
      },
      { array: false },
    );
  });

  const hang = (daemon: 'slurmctld' | 'slurmdbd'): DaemonFault => ({
    begin: () => process.kill(lab.pid(daemon), 'SIGSTOP'),
    end: () => process.kill(lab.pid(daemon), 'SIGCONT'),
  });
  const down = (daemon: 'slurmctld' | 'slurmdbd' | 'sshd'): DaemonFault => ({
    begin: () => {
      if (daemon === 'sshd') lab.cutConnections();
      lab.crash(daemon);
    },
    end: () => lab.restart(daemon),
  });

  test.each([
    ['slurmctld hangs', () => hang('slurmctld')],
    ['slurmctld is down', () => down('slurmctld')],
    ['slurmctld crashes, forgets the jobs and gives their ids to others', forgetful],
    ['slurmdbd hangs', () => hang('slurmdbd')],
    ['slurmdbd is down', () => down('slurmdbd')],
    ['sshd is down', () => down('sshd')],
  ])('%s at each stage of a submission', async (name, fault) => {
    await prepared(`daemons-${name.replaceAll(/\W+/g, '-')}`, async (launch) => {
      const commands = await launch.clusterSteps();
      for (const [stage, command] of STAGES) {
        const at = commands.findIndex((one) => command.test(one)) + 1;
        expect(at, stage).toBeGreaterThan(0);
        account.add(`${name} ${stage}`, await launch.withDaemon(at, fault()), { doubt: true, refused: true });
      }
    });
  });

  function forgetful(): DaemonFault {
    const state = lab.savedState();
    let last = 0;
    return {
      begin: () => {
        last = Math.max(0, ...lab.openJobs().map((id) => Number.parseInt(id, 10)));
        lab.crash('slurmctld');
      },
      end: () => {
        state.restart();
        // What it still knew are jobs of the launch before.
        lab.cancelAll();
        lab.strangersUpTo(last);
      },
    };
  }

  test('those were more than 200 faults, and none of them cost a job', () => {
    expect(account.points).toBeGreaterThan(200);
    expect(account.summary).toBe(`${account.points} faults: 0 duplicates, 0 lost, 0 wrong states`);
  });
});
