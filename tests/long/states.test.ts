import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { diagnoseRuns } from '../../server/stages/diagnose_runs.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { clusterHome } from '../support/cluster_experiment.ts';
import { SlurmLab } from '../support/slurm_lab.ts';

const { lab, user, slurm, make, shown } = clusterHome('slow-states', {
  // How it ends is its run's name: run_2 leaves no exit record.
  ends: `#!/bin/bash
echo trains
case $PWD in
  *run_0) exit 0 ;;
  *run_1) exit 3 ;;
  *run_2) kill -9 $PPID ; sleep 60 ;;
  *) sleep 600 ;;
esac
`,
});

describe.skipIf(lab === undefined)('on a real Slurm, a job', () => {
  if (lab === undefined) return;
  const levers = new SlurmLab(lab);
  const conf = join(lab.dir, 'etc', 'slurm.conf');
  const ordinary = readFileSync(conf, 'utf8');
  const bashrc = join(levers.home, '.bashrc');

  beforeAll(make);
  afterEach(() => {
    rmSync(bashrc, { force: true });
    slurm('scancel', '-u', user);
    if (readFileSync(conf, 'utf8') !== ordinary) configured('');
    levers.resume();
  });

  function configured(lines: string): void {
    writeFileSync(conf, `${ordinary}${lines}`);
    slurm('scontrol', 'reconfigure');
  }

  async function launched(experiment_dir: string, count: number) {
    const { context, preflight_id, local } = await shown(experiment_dir, count, 'ends', { limits: { array: false } });
    const { submitted } = await launchRuns({ experiment_dir, preflight_id }, context);
    const ids = submitted.map(({ job_id }) => job_id);
    const states = (): Record<string, string> => {
      const { runs } = parse(readFileSync(join(local, 'runs_status.yaml'), 'utf8'));
      return Object.fromEntries(Object.entries<{ state: string }>(runs).map(([run, { state }]) => [run, state]));
    };
    return { context, experiment_dir, ids, local, states };
  }
  type Launched = Awaited<ReturnType<typeof launched>>;

  async function seenWhen({ context, experiment_dir }: Launched, wanted: Record<string, number>) {
    for (let tries = 0; ; tries += 1) {
      const seen = await monitorJobs({ experiment_dir }, context);
      if (Object.entries(wanted).every(([state, count]) => seen.counts[state] === count) || tries > 60) return seen;
      await sleep(200);
    }
  }

  /** MinJobAge has passed: squeue has forgotten all of them. */
  async function forgotten(ids: readonly string[]): Promise<void> {
    const knows = (): boolean =>
      slurm('squeue', '-h', '-t', 'all', '-o', '%i')
        .split('\n')
        .some((id) => ids.includes(id));
    for (let tries = 0; tries < 60 && knows(); tries += 1) await sleep(2000);
    expect(knows()).toBe(false);
  }

  test('that squeue has forgotten is found by sacct; where sacct is forbidden, by its own record, and without one it is uncertain', async () => {
    const open = await launched('forgotten', 3);
    const forbidden = await launched('forbidden', 3);
    await forgotten([...open.ids, ...forbidden.ids]);
    expect((await seenWhen(open, { FAILED: 2 })).counts).toEqual({ COMPLETED: 1, FAILED: 2 });
    expect(open.states()).toEqual({ run_0: 'COMPLETED', run_1: 'FAILED', run_2: 'FAILED' });

    // For its users this site has no accounting.
    const without = join(levers.home, 'without-accounting.conf');
    writeFileSync(without, ordinary.replace(/^AccountingStorageType=.*$/m, 'AccountingStorageType=accounting_storage/none'));
    writeFileSync(bashrc, `export SLURM_CONF=${without}\n`);
    const seen = await monitorJobs({ experiment_dir: forbidden.experiment_dir }, forbidden.context);
    expect(forbidden.states()).toEqual({ run_0: 'COMPLETED', run_1: 'FAILED', run_2: 'uncertain' });
    expect(seen.problems ?? []).toEqual([]);

    // Nothing is lost by it: once sacct can be asked, it tells.
    rmSync(bashrc);
    expect((await monitorJobs({ experiment_dir: forbidden.experiment_dir }, forbidden.context)).changed).toEqual(['run_2']);
    expect(forbidden.states()).toEqual(open.states());
  });

  test('keeps its state while slurmdbd hangs; what squeue tells is still shown, and sacct is not waited for longer than 30 s', async () => {
    const experiment = await launched('hung', 4);
    const { context, experiment_dir } = experiment;
    await levers.whileStopped('slurmdbd', async () => {
      await sleep(4000);
      const seen = await monitorJobs({ experiment_dir }, context);
      expect(seen.problems?.map(({ what }) => what)).toEqual([
        'could not ask: devslurm: sacct could not be asked: it gave no answer in 30 s',
      ]);
      expect(seen.counts).toEqual({ COMPLETED: 1, FAILED: 2, RUNNING: 1 });
    });
  });

  test('whose node cannot start it is held where it may be requeued; else its diagnosis names the node', async () => {
    const prolog = join(lab.dir, 'etc', 'prolog');
    writeFileSync(prolog, '#!/bin/bash\nexit 1\n', { mode: 0o755 });
    slurm('scontrol', 'update', 'nodename=cpu1', 'state=drain', 'reason=test');
    const experiment = await launched('prolog', 2);
    const { context, experiment_dir, ids } = experiment;
    slurm('scontrol', 'update', `jobid=${ids[1]}`, 'requeue=1');
    configured(`Prolog=${prolog}\n`);
    levers.resume();
    const seen = await seenWhen(experiment, { CANCELLED: 1 });
    expect(seen.counts).toEqual({ CANCELLED: 1, PENDING: 1 });
    expect(seen.pending).toEqual([
      {
        reason: 'launch failed requeued held',
        jobs: 1,
        means: 'it could not be started on its node, was put back and held',
        mend: 'tell the site about the node; `scontrol release JOBID` tries again',
        stuck: true,
      },
    ]);
    const found = await diagnoseRuns({ experiment_dir }, context);
    expect(found.groups.map(({ runs, cause, what, mode }) => [runs, cause, what, mode])).toEqual([
      [
        ['run_0'],
        'node_failed',
        'root ended it on cpu1 before the script began: the node could not start it, or an administrator cancelled it',
        'retry',
      ],
      [['run_1'], 'held', 'Slurm could not start the job and holds it', 'retry'],
    ]);
  });
});
