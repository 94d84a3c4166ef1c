import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readJournal } from '../../server/experiment/journal.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { cancelled } from '../support/cancelled.ts';
import { clusterHome } from '../support/cluster_experiment.ts';
import { disk, fill } from '../support/small_disk.ts';

const { lab, user, slurm, make, shown } = clusterHome('arrays', {
  quick: '#!/bin/bash\necho "trained in $PWD"\n[[ $PWD != *run_2 ]] || exit 7\n',
  slow: '#!/bin/bash\nsleep 120\n',
});

describe.skipIf(lab === undefined)('like runs on a real Slurm', () => {
  beforeAll(make);

  test('go as one array, each with its own id, its own log, its own end', async () => {
    const { context, experiment_dir, preflight_id, names, local, remote } = await shown('like', 5, 'quick', {
      limits: { array_throttle: 3 },
    });
    const launched = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(launched.summary).toBe('5 jobs submitted to devslurm.');
    const base = launched.submitted[0]?.job_id.split('_')[0];
    expect(launched.submitted).toEqual(names.map((run, index) => ({ run, job_id: `${base}_${index}` })));

    const ended = await monitorJobs({ experiment_dir, wait_seconds: 60, until: 'done' }, context);
    expect(ended.counts).toEqual({ COMPLETED: 4, FAILED: 1 });
    const { runs } = parse(readFileSync(join(local, 'runs_status.yaml'), 'utf8'));
    expect(runs.run_2.attempts).toMatchObject([{ job_id: `${base}_2`, state: 'FAILED', exit_code: '7:0', node: 'cpu1' }]);
    expect(runs.run_3.attempts).toMatchObject([{ job_id: `${base}_3`, state: 'COMPLETED', exit_code: '0:0' }]);
    for (const run of names) {
      const log = await readJobLog({ experiment_dir, run, match: 'trained in' }, context);
      expect(log.untrusted_log).toBe(`trained in ${join(remote, run)}\n`);
      const record = JSON.parse(readFileSync(join(remote, run, '.runwright', 'attempt-1', 'exit.json'), 'utf8'));
      expect(record).toMatchObject({ job_id: `${base}_${run.slice(4)}`, exit_code: run === 'run_2' ? 7 : 0 });
    }
    const [token = ''] = readdirSync(join(remote, '.runwright', 'arrays'));
    expect(readdirSync(join(remote, '.runwright', 'arrays', token)).sort()).toEqual(['array.slurm', 'receipt', 'submit.lock']);
    const intents = readJournal(local).entries.flatMap((entry) => (entry.kind === 'intent' ? [entry] : []));
    expect(intents.map(({ run, array, task, job_name }) => ({ run, array, task, job_name }))).toEqual(
      names.map((run, task) => ({ run, array: token, task, job_name: `like.${token}` })),
    );
  });

  /** Every job that Slurm ever had of these runs, by run. */
  function jobsOf(local: string): Record<string, string[]> {
    const runs = new Map(
      readJournal(local).entries.flatMap((entry) => (entry.kind === 'intent' ? [[`${entry.job_name} ${entry.task}`, entry.run]] : [])),
    );
    const found: Record<string, string[]> = {};
    for (const line of slurm('squeue', '-h', '-r', '-t', 'all', '-o', '%i %j').split('\n')) {
      const [id = '', name = ''] = line.split(' ');
      const run = runs.get(`${name} ${id.split('_')[1]}`);
      if (run !== undefined) found[run] = [...(found[run] ?? []), id];
    }
    return found;
  }

  test('are found again without their receipt, and single ones are cancelled', async () => {
    const { context, experiment_dir, preflight_id, names, local, remote } = await shown('again', 4, 'slow');
    const first = await launchRuns({ experiment_dir, preflight_id }, context);
    const ids = Object.fromEntries(first.submitted.map(({ run, job_id }) => [run, [job_id]]));
    const [token = ''] = readdirSync(join(remote, '.runwright', 'arrays'));
    rmSync(join(remote, '.runwright', 'arrays', token, 'receipt'));
    // The journal forgets what it was told, as if the server had died while it waited for the answer.
    const journal = join(local, '.runwright', 'journal.jsonl');
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    writeFileSync(journal, `${lines.filter((line) => !line.includes('"kind":"submitted"')).join('\n')}\n`);
    const second = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(second.uncertain).toEqual([]);
    expect(second.counts).toMatchObject({ submitted: 4, uncertain: 0, refused: 0 });
    expect(second.submitted).toEqual(first.submitted);
    expect(jobsOf(local)).toEqual(ids);

    await cancelled({ experiment_dir, runs: ['run_1', 'run_3'] }, context);
    let counts: Record<string, number> = {};
    for (let tries = 0; tries < 100 && counts.CANCELLED !== 2; tries += 1) {
      await sleep(100);
      ({ counts } = await monitorJobs({ experiment_dir }, context));
    }
    expect(counts).toMatchObject({ CANCELLED: 2 });
    expect(counts.CANCELLED).toBe(names.length - (counts.RUNNING ?? 0) - (counts.PENDING ?? 0));
    await cancelled({ experiment_dir, runs: ['*'] }, context);
  });

  test('that nothing was sent of go as they would have gone, with their throttle', async () => {
    const { context, experiment_dir, preflight_id, local, remote } = await shown('throttled', 4, 'slow', { limits: { array_throttle: 1 } });
    await launchRuns({ experiment_dir, preflight_id }, context);
    slurm('scancel', '-u', user);
    rmSync(join(remote, '.runwright'), { recursive: true });
    const journal = join(local, '.runwright', 'journal.jsonl');
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    writeFileSync(journal, `${lines.filter((line) => line.includes('"kind":"intent"')).join('\n')}\n`);
    const again = await launchRuns({ experiment_dir, preflight_id }, context);
    const array = again.submitted[0]?.job_id.split('_')[0];
    await monitorJobs({ experiment_dir }, context);
    expect(slurm('squeue', '-h', '-j', array ?? '', '-t', 'PENDING', '-o', '%i')).toMatch(/_\[[0-3-]+%1\]$/m);
    await cancelled({ experiment_dir, runs: ['*'] }, context);
  });

  test.each([
    ['array', ['.runwright'], {}],
    ['single', ['run_0/.runwright', 'run_1/.runwright'], { limits: { array: false } }],
  ])('find no room for a lock on a full disk: refused, and submitted once there is room (%s)', async (name, folders, extra) => {
    const { context, experiment_dir, preflight_id, remote } = await shown(`full_${name}`, 2, 'quick', extra);
    const disks = folders.map((folder) => disk(join(remote, folder), 'size=4k,mode=777'));
    execFileSync('chown', ['-R', `${user}:`, join(remote, '..')]);
    for (const small of disks) if (small === undefined) return;
    for (const small of disks) fill(small ?? '');
    const full = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(full.counts).toMatchObject({ submitted: 0, uncertain: 0, refused: 2 });
    expect(full.refused[0]?.why).toMatch(/^the lock .*[/]submit[.]lock cannot be written; check the folder's rights and the free space$/);
    for (const small of disks) rmSync(join(small ?? '', 'filler'));
    // Each file takes a page of such a disk: it gets room for all of them.
    for (const small of disks) execFileSync('/bin/mount', ['-o', 'remount,size=1m', small ?? '']);
    const { preflight_id: later = '' } = await preflightRuns({ experiment_dir }, context);
    expect((await launchRuns({ experiment_dir, preflight_id: later }, context)).counts).toMatchObject({ submitted: 2 });
    await monitorJobs({ experiment_dir, wait_seconds: 30, until: 'done' }, context);
  });

  test('that are cancelled while they wait are CANCELLED, though Slurm keeps no record of them', async () => {
    const { context, experiment_dir, preflight_id, remote } = await shown('waiting', 4, 'slow', { limits: { array_throttle: 1 } });
    await launchRuns({ experiment_dir, preflight_id }, context);
    expect((await cancelled({ experiment_dir, runs: ['run_1', 'run_3'] }, context)).cancelled).toEqual(['run_1', 'run_3']);
    const seen = await monitorJobs({ experiment_dir }, context);
    expect(seen.counts.CANCELLED).toBe(2);
    expect(readJournal(join(context.root.dir, 'waiting')).entries.at(-1)).toMatchObject({
      kind: 'seen',
      state: 'CANCELLED',
      exit_code: '0:0',
    });
    expect(JSON.parse(readFileSync(join(remote, 'run_3', '.runwright', 'attempt-1', 'exit.json'), 'utf8'))).toMatchObject({
      attempt: '1',
      unstarted: true,
    });
    await cancelled({ experiment_dir, runs: ['*'] }, context);
    const ended = await monitorJobs({ experiment_dir, wait_seconds: 30, until: 'done' }, context);
    expect(ended.counts).toEqual({ CANCELLED: 4 });
  });

  test('of which one is held elsewhere go without it, and a refused array leaves nothing behind', async () => {
    const { context, experiment_dir, preflight_id, remote } = await shown('held', 3, 'quick');
    const held = join(remote, 'run_1', '.runwright', 'attempt-1');
    mkdirSync(held, { recursive: true });
    writeFileSync(join(held, 'submit.lock'), 'another 1795490802\n');
    execFileSync('chown', ['-R', `${user}:`, join(remote, '..')]);
    const launched = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(launched.submitted.map(({ run, job_id }) => [run, job_id.split('_')[1]])).toEqual([
      ['run_0', '0'],
      ['run_2', '2'],
    ]);
    const why = 'this attempt is held by another submission, another';
    expect(launched.uncertain).toEqual([{ run: 'run_1', why }]);
    // The array's receipt is not its own; and once nobody holds it, it is certain that it has no job.
    const still = await launchRuns({ experiment_dir, preflight_id }, context);
    expect([still.counts.submitted, still.uncertain]).toEqual([0, [{ run: 'run_1', why }]]);
    rmSync(join(held, 'submit.lock'));
    const free = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(free.refused).toMatchObject([{ run: 'run_1', why: 'its array was submitted without it' }]);
    const alone = await preflightRuns({ experiment_dir }, context);
    expect((await launchRuns({ experiment_dir, preflight_id: alone.preflight_id ?? '' }, context)).submitted).toMatchObject([
      { run: 'run_1' },
    ]);

    const other = await shown('refused', 3, 'quick');
    slurm('scontrol', 'update', 'partitionname=cpu', 'state=drain');
    try {
      const refused = await launchRuns({ experiment_dir: other.experiment_dir, preflight_id: other.preflight_id }, other.context);
      expect(refused.counts).toMatchObject({ submitted: 0, uncertain: 0, refused: 3 });
      expect(refused.refused[0]?.why).toBe('Required partition not available (inactive or drain)');
    } finally {
      slurm('scontrol', 'update', 'partitionname=cpu', 'state=up');
    }
    expect(existsSync(join(other.remote, 'run_0', '.runwright', 'attempt-1', 'submit.lock'))).toBe(false);
    const later = await preflightRuns({ experiment_dir: other.experiment_dir }, other.context);
    const again = await launchRuns({ experiment_dir: other.experiment_dir, preflight_id: later.preflight_id ?? '' }, other.context);
    expect(again.counts.submitted).toBe(3);
  });
});
