import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Problem } from '../../server/model/problem.ts';
import { diagnoseRuns } from '../../server/stages/diagnose_runs.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { type MonitorOutput, monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { clusterHome } from '../support/cluster_experiment.ts';
import type { TestContext } from '../support/context.ts';
import { SlurmLab } from '../support/slurm_lab.ts';

const { lab, user, slurm, make, shown } = clusterHome('states', {
  // Its end is its own: a run that is told to stop takes its time.
  stubborn: "#!/bin/bash\necho trains\ntrap '' TERM\nfor _ in {1..600}; do sleep 0.2; done\n",
});
const asUser = (...words: string[]): string => slurm('runuser', '-u', user, '--', ...words);
const levers = lab === undefined ? undefined : new SlurmLab(lab);
const H100 = { partition: 'gpu', constraint: 'h100' };
const node = (name: string, state: 'drain' | 'down' | 'resume'): string =>
  slurm('scontrol', 'update', `nodename=${name}`, `state=${state}`, ...(state === 'resume' ? [] : ['reason=test']));
interface Launched {
  context: TestContext;
  experiment_dir: string;
  preflight_id: string;
  problems: Problem[];
  local: string;
  remote: string;
  ids: Record<string, string>;
}
async function launched(
  experiment_dir: string,
  own: Record<string, string | number>[],
  extra: Record<string, unknown> = {},
): Promise<Launched> {
  const { context, preflight, preflight_id, local, remote } = await shown(experiment_dir, own.length, 'stubborn', extra, own);
  const { submitted } = await launchRuns({ experiment_dir, preflight_id }, context);
  return {
    context,
    experiment_dir,
    preflight_id,
    problems: preflight.problems ?? [],
    local,
    remote,
    ids: Object.fromEntries(submitted.map(({ run, job_id }) => [run, job_id])),
  };
}

/** Looks until it is so, or for fifteen seconds: what is asserted of the last look tells the difference. */
async function seenWhen({ context, experiment_dir }: Launched, so: (seen: MonitorOutput) => boolean): Promise<MonitorOutput> {
  for (let tries = 0; ; tries += 1) {
    const seen = await monitorJobs({ experiment_dir }, context);
    if (so(seen) || tries > 60) return seen;
    await sleep(150);
  }
}
const isUnavailable = (pending: MonitorOutput['pending']): boolean => pending.some(({ reason }) => reason.startsWith('ReqNodeNotAvail'));
const statusOf = ({ local }: Launched) => parse(readFileSync(join(local, 'runs_status.yaml'), 'utf8')).runs;
const statesOf = (experiment: Launched): Record<string, string> =>
  Object.fromEntries(Object.entries<{ state: string }>(statusOf(experiment)).map(([run, { state }]) => [run, state]));
const journalOf = ({ local }: Launched): string => readFileSync(join(local, '.runwright', 'journal.jsonl'), 'utf8');

describe.skipIf(lab === undefined)('on a real Slurm, a job', () => {
  beforeAll(make);
  afterEach(() => {
    slurm('scancel', '-u', user);
    levers?.resume();
  });

  test('that is requeued, held, suspended or stopping is shown so, and goes on under its id', async () => {
    const separate = { limits: { array: false } };
    const experiment = await launched('between', [{}, {}, {}, {}], separate);
    const { ids, context, experiment_dir } = experiment;
    const [requeued = '', held = '', suspended = '', stopping = ''] = Object.values(ids);
    await seenWhen(experiment, ({ counts }) => counts.RUNNING === 4);
    // Scripts say --no-requeue; only a person who takes that back can have a job started again.
    for (const id of [requeued, held]) slurm('scontrol', 'update', `jobid=${id}`, 'requeue=1');
    asUser('scontrol', 'requeue', requeued);
    asUser('scontrol', 'requeuehold', held);
    slurm('scontrol', 'suspend', suspended);
    asUser('scancel', stopping);
    await monitorJobs({ experiment_dir }, context);
    expect(statesOf(experiment)).toMatchObject({ run_2: 'SUSPENDED', run_3: 'COMPLETING' });

    const back = await seenWhen(experiment, ({ counts }) => counts.PENDING === 2 && counts.CANCELLED === 1);
    expect(back.counts).toEqual({ PENDING: 2, SUSPENDED: 1, CANCELLED: 1 });
    expect(back.pending.map(({ reason, stuck }) => [reason, stuck])).toEqual(
      expect.arrayContaining([
        ['BeginTime', undefined],
        ['job requeued in held state', true],
      ]),
    );
    const before = journalOf(experiment);
    expect((await monitorJobs({ experiment_dir }, context)).changed).toEqual([]);
    expect(journalOf(experiment)).toBe(before);
    expect(statusOf(experiment).run_0.attempts).toEqual([expect.objectContaining({ job_id: requeued, state: 'PENDING' })]);
    const suspension = 'the job was suspended, by the site or for a job of higher priority; it goes on when Slurm resumes it';
    expect(back.attention).toEqual([
      { run: 'run_2', state: 'SUSPENDED', why: suspension },
      { run: 'run_3', state: 'CANCELLED', why: 'somebody cancelled the job; diagnose_runs tells why, and how to go on' },
    ]);

    slurm('scontrol', 'resume', suspended);
    const again = await seenWhen(experiment, ({ counts }) => counts.RUNNING === 2);
    expect(statesOf(experiment)).toEqual({ run_0: 'RUNNING', run_1: 'PENDING', run_2: 'RUNNING', run_3: 'CANCELLED' });
    expect(again.running.map(({ run, job_id }) => [run, job_id])).toEqual([
      ['run_0', requeued],
      ['run_2', suspended],
    ]);

    const long_ago = new Date(Date.now() - 3_630_000);
    utimesSync(join(experiment.remote, 'run_2', 'logs', 'attempt-1.out'), long_ago, long_ago);
    const still = 'it stands still before its first step: nothing was written for 60 minutes';
    expect((await monitorJobs({ experiment_dir }, context)).attention).toContainEqual({
      run: 'run_2',
      state: 'RUNNING',
      why: `${still}; read its log, and cancel it if it does not move again`,
    });
    const found = await diagnoseRuns({ experiment_dir }, context);
    expect(found.groups.map(({ runs, what, mode }) => [runs, what, mode])).toEqual([
      [['run_1'], 'the job is held', undefined],
      [['run_2'], still, 'retry'],
      [['run_3'], `the job was cancelled by ${user}`, 'retry'],
    ]);
  });

  test('that waits for a node which is drained or down says so, and past its deadline it is DEADLINE', async () => {
    node('gpu3', 'drain');
    const experiment = await launched('waits', [H100, { ...H100, cpus: 2 }], { limits: { array: false } });
    const { ids, context, experiment_dir } = experiment;
    expect(experiment.problems).toEqual(
      ['run_0', 'run_1'].map((run) => ({
        severity: 'warning',
        where: `${run}/finetune.slurm`,
        what: 'no node in service has what this job asks for (Requested node configuration is not available); drained or down: gpu3',
        fix: 'should one of those nodes have it, launch: the job waits for it; else mend the job settings in runs_plan.md, then generate_slurm_script again',
      })),
    );
    const waiting = await seenWhen(experiment, ({ pending }) => isUnavailable(pending) && pending.length === 1);
    expect(waiting.counts).toEqual({ PENDING: 2 });
    expect(waiting.pending).toEqual([
      {
        reason: 'ReqNodeNotAvail, UnavailableNodes:gpu3',
        jobs: 2,
        means: 'the nodes that it needs are down, drained or reserved (often a maintenance before which it cannot end)',
        mend: 'wait; or ask for less time, so that it ends before the maintenance',
      },
    ]);
    slurm('scontrol', 'update', `jobid=${ids.run_1}`, 'Deadline=now+61');
    const ended = await seenWhen(experiment, ({ counts }) => counts.DEADLINE === 1);
    expect(ended.counts).toEqual({ PENDING: 1, DEADLINE: 1 });
    expect(ended.attention).toEqual([
      {
        run: 'run_1',
        state: 'DEADLINE',
        why: 'it could not end before its deadline; diagnose_runs tells why, and how to go on',
      },
    ]);
    const found = await diagnoseRuns({ experiment_dir }, context);
    expect(found.groups.map(({ runs, cause, mode }) => [runs, cause, mode])).toEqual([[['run_1'], 'deadline', undefined]]);

    node('gpu3', 'down');
    const down = await seenWhen(experiment, ({ pending }) => pending.length > 0);
    expect(down.pending).toEqual(waiting.pending.map((group) => ({ ...group, jobs: 1 })));
    levers?.resume();
    expect((await seenWhen(experiment, ({ counts }) => counts.RUNNING === 1)).counts).toEqual({ RUNNING: 1, DEADLINE: 1 });
  });

  test('of an array that waits as a part of one record, `4_[2-5%2]`, is seen by itself', async () => {
    const six = Array.from({ length: 6 }, () => ({}));
    const experiment = await launched('array', six, { limits: { array_throttle: 2 } });
    const array = experiment.ids.run_0?.split('_')[0];
    const seen = await seenWhen(experiment, ({ counts }) => counts.RUNNING === 2);
    expect(slurm('squeue', '-h', '-u', user, '-t', 'PENDING', '-o', '%i')).toBe(`${array}_[2-5%2]\n`);
    expect(seen.counts).toEqual({ RUNNING: 2, PENDING: 4 });
    expect(seen.pending.map(({ reason, jobs, means }) => [reason, jobs, means])).toEqual([
      ['JobArrayTaskLimit', 4, "the array's limit of tasks at once (array_throttle) is reached"],
    ]);
    // Of a task that is cancelled by hand before it started, Slurm keeps nothing.
    asUser('scancel', `${array}_0`, `${array}_4`);
    await seenWhen(experiment, ({ counts }) => counts.CANCELLED === 1 && counts.RUNNING === 2);
    expect(statesOf(experiment)).toEqual({
      run_0: 'CANCELLED',
      run_1: 'RUNNING',
      run_2: 'RUNNING',
      run_3: 'PENDING',
      run_4: 'uncertain',
      run_5: 'PENDING',
    });
  });

  test('that a crash of slurmctld lost is uncertain, though another has its id; while slurmctld is down, nothing changes', async () => {
    node('gpu3', 'drain');
    const disk = levers?.savedState();
    const own = [{}, H100, { ...H100, cpus: 2 }];
    const experiment = await launched('lost', own, { limits: { array: false } });
    const { ids, context, experiment_dir } = experiment;
    await seenWhen(experiment, ({ counts, pending }) => counts.RUNNING === 1 && isUnavailable(pending));
    const before = journalOf(experiment);
    // sacct, too, shows them waiting, without a word of why.
    const accounted = (): string => slurm('sacct', '-X', '-n', '-P', '-o', 'State,JobName', '-j', Object.values(ids).join(','));
    for (let tries = 0; tries < 60 && !/PENDING[|]run_1[\s\S]*PENDING[|]run_2/.test(accounted()); tries += 1) await sleep(150);

    levers?.crash('slurmctld');
    const blind = await monitorJobs({ experiment_dir }, context);
    // What slurmctld had on its disk before it took these jobs. Their ids are handed out again.
    disk?.restart();
    expect([blind.changed, blind.counts]).toEqual([[], { RUNNING: 1, PENDING: 2 }]);
    expect(blind.problems?.map(({ what }) => what)).toEqual([
      'could not ask: devslurm: squeue could not be asked: slurm_load_jobs error: Unable to contact slurm controller (connect failure)',
    ]);
    expect(journalOf(experiment)).toBe(before);
    const strangers = ['-p', 'cpu', '-o', '/dev/null', '-D', '/tmp', '--mem=50M', '--wrap', 'sleep 60'];
    const last = Math.max(...Object.values(ids).map(Number));
    for (let id = 0; id < last; ) id = Number(asUser('sbatch', '--parsable', ...strangers));
    await seenWhen(experiment, ({ counts }) => counts.uncertain === 3);
    expect(statesOf(experiment)).toEqual({ run_0: 'uncertain', run_1: 'uncertain', run_2: 'uncertain' });
    expect((await monitorJobs({ experiment_dir }, context)).attention[0]).toEqual({
      run: 'run_0',
      state: 'uncertain',
      why:
        'neither squeue nor sacct nor an exit record knows the job now; it is looked for again at every look; ' +
        `nothing is submitted in its place: once the site confirms that job ${ids.run_0} is gone for good, train it under a new name in the plan`,
    });
    const sent = await launchRuns({ experiment_dir, preflight_id: experiment.preflight_id }, context);
    expect(sent.counts).toMatchObject({ submitted: 0, refused: 0 });
    const again = await preflightRuns({ experiment_dir, mode: 'retry' }, context);
    expect([again.jobs, again.preflight_id]).toEqual([0, undefined]);
    expect(statesOf(experiment)).toEqual({ run_0: 'uncertain', run_1: 'uncertain', run_2: 'uncertain' });
  });
});
