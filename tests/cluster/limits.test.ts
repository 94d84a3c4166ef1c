import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { readJournal } from '../../server/experiment/journal.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { cancelled } from '../support/cancelled.ts';
import { clusterHome } from '../support/cluster_experiment.ts';

const { lab, slurm, make, shown } = clusterHome('limits', { quick: '#!/bin/bash\nsleep 0.3\n', slow: '#!/bin/bash\nsleep 120\n' });
const LIMITED = { defaults: { partition: 'cpu', mem: '100M', cpus: 1, time: '0:05:00', qos: 'limited' } };
const WHY = 'your limit of 3 jobs in QOS limited';

describe.skipIf(lab === undefined)('where the queue has room for a few jobs only', () => {
  beforeAll(make);

  test.each([
    ['as arrays', {}],
    ['as separate jobs', { array: false }],
  ])('the others wait in the journal and are submitted as jobs end, %s', async (_how, limits) => {
    const { context, experiment_dir, preflight, preflight_id, names, local } = await shown(
      `dripped_${Object.keys(limits).length}`,
      4,
      'quick',
      {
        ...LIMITED,
        limits,
      },
    );
    expect(preflight.problems).toContainEqual({
      severity: 'warning',
      where: 'cluster devslurm',
      what: `the queue has room for 3 of these 4 jobs now: ${WHY}`,
      fix: 'nothing to do: launch_runs submits those; the others wait, and monitor_jobs or launch_runs submit them as jobs end',
    });
    const launched = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(launched.summary).toBe(`3 jobs submitted to devslurm; 1 run waits for room (${WHY}).`);
    expect(launched.waiting_for_room).toEqual([{ run: 'run_3', why: WHY }]);
    expect((await preflightRuns({ experiment_dir }, context)).left_out).toContainEqual({
      why: 'launched: waits for room in the queue',
      count: 1,
      runs: ['run_3'],
    });
    const ended = await monitorJobs({ experiment_dir, wait_seconds: 60, until: 'done' }, context);
    expect(ended).toMatchObject({ counts: { COMPLETED: 4 }, done: true });
    const intents = readJournal(local).entries.flatMap((entry) => (entry.kind === 'intent' ? [entry.run] : []));
    expect([...new Set(intents)].sort()).toEqual(names);
    expect(ended.waiting_for_room).toBeUndefined();
  });

  test('launch_runs submits them too, and cancel_runs takes them out of the queue', async () => {
    const { context, experiment_dir, preflight_id } = await shown('withdrawn', 6, 'slow', LIMITED);
    await launchRuns({ experiment_dir, preflight_id }, context);
    expect((await launchRuns({ experiment_dir, preflight_id }, context)).counts).toEqual({
      submitted: 0,
      waiting_for_room: 3,
      already_running: 3,
      uncertain: 0,
      refused: 0,
    });
    const seen = await monitorJobs({ experiment_dir }, context);
    expect(seen.waiting_for_room).toEqual({ runs: 3, why: WHY });
    expect(seen.counts.planned).toBe(3);
    expect((await cancelled({ experiment_dir, runs: ['run_4', 'run_5'] }, context)).cancelled).toEqual(['run_4', 'run_5']);
    expect((await cancelled({ experiment_dir, runs: ['run_0'] }, context)).cancelled).toEqual(['run_0']);
    let counts: Record<string, number> = {};
    for (let tries = 0; tries < 40 && counts.submitted !== 1; tries += 1) {
      await sleep(250);
      ({ counts } = await launchRuns({ experiment_dir, preflight_id }, context));
    }
    expect(counts).toMatchObject({ submitted: 1 });
    expect(counts.waiting_for_room).toBeUndefined();
    await cancelled({ experiment_dir, runs: ['*'] }, context);
  });

  test('a limit that the site tells nobody of is found by halving the array', async () => {
    const { context, experiment_dir, preflight_id, names } = await shown('hidden', 5, 'slow');
    slurm('sacctmgr', '-i', 'modify', 'account', 'ml', 'set', 'grpsubmitjobs=4');
    try {
      const launched = await launchRuns({ experiment_dir, preflight_id }, context);
      expect(launched.counts).toMatchObject({ submitted: 3, waiting_for_room: 2, refused: 0, uncertain: 0 });
      expect(launched.submitted.map(({ run }) => run)).toEqual(names.slice(0, 3));
      expect(launched.waiting_for_room?.[0]?.why).toMatch(/^AssocGrpSubmitJobsLimit; Job violates accounting\/QOS policy/);
    } finally {
      slurm('sacctmgr', '-i', 'modify', 'account', 'ml', 'set', 'grpsubmitjobs=-1');
    }
    await cancelled({ experiment_dir, runs: ['*'] }, context);
  });

  test('a job that sbatch refuses is told in its words with its mend, the others go on, and only it is submitted later', async () => {
    const { context, experiment_dir, preflight_id, local } = await shown('refused', 4, 'quick', {}, [{}, { partition: 'gpu-test' }]);
    slurm('scontrol', 'update', 'partitionname=gpu-test', 'state=drain');
    let first: Awaited<ReturnType<typeof launchRuns>>;
    try {
      first = await launchRuns({ experiment_dir, preflight_id }, context);
    } finally {
      slurm('scontrol', 'update', 'partitionname=gpu-test', 'state=up');
    }
    expect(first.summary).toBe('3 jobs submitted to devslurm; 1 refused.');
    expect(first.refused).toEqual([
      {
        run: 'run_1',
        why: 'Required partition not available (inactive or drain)',
        fix: 'take a partition that check_cluster shows as up (partition in the plan or the profile), then generate_slurm_script, preflight_runs and launch_runs again',
      },
    ]);
    const again = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(again.counts).toEqual({ submitted: 0, already_running: 3, uncertain: 0, refused: 1 });
    const later = await preflightRuns({ experiment_dir }, context);
    expect(later.jobs).toBe(1);
    const second = await launchRuns({ experiment_dir, preflight_id: later.preflight_id ?? '' }, context);
    expect(second.submitted.map(({ run }) => run)).toEqual(['run_1']);
    const ids = readJournal(local).entries.flatMap((entry) => (entry.kind === 'submitted' ? [entry.job_id] : []));
    expect(new Set(ids).size).toBe(4);
  });

  test('max_submit of the profile counts every job of yours', async () => {
    const { context, experiment_dir, preflight_id } = await shown('capped', 4, 'slow', { limits: { max_submit: 2 } });
    for (let tries = 0; tries < 60 && slurm('squeue', '-h', '-r', '-u', lab?.profile.user ?? '').trim() !== ''; tries += 1)
      await sleep(250);
    const launched = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(launched.summary).toBe('2 jobs submitted to devslurm; 2 runs wait for room (max_submit 2 of the cluster profile).');
    await cancelled({ experiment_dir, runs: ['*'] }, context);
    expect(existsSync(join(context.state_dir, 'sites'))).toBe(true);
  });
});
