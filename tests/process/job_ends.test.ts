import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { eventually, isRunning, LocalJobs } from './local_jobs.ts';

const opened: LocalJobs[] = [];
function localJobs(): LocalJobs {
  const jobs = new LocalJobs();
  opened.push(jobs);
  return jobs;
}
afterAll(async () => {
  for (const jobs of opened) await jobs.remove();
});

describe.concurrent('a job on this machine', () => {
  test.each([
    ['exit 0', 'COMPLETED', '0:0'],
    ['exit 3', 'FAILED', '3:0'],
    ['exit 137', 'FAILED', '137:0'],
    ['kill -9 $$', 'FAILED', '0:9'],
  ])('that does "%s" is %s %s', async (body, state, exit_code) => {
    const jobs = localJobs();
    const seen = await jobs.ended(await jobs.submit('one', body));
    expect(seen).toEqual({
      token: 'token-of-one',
      job_id: '1',
      state,
      exit_code,
      node: hostname(),
      submitted: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      started: expect.stringMatching(/Z$/),
      ended: expect.stringMatching(/Z$/),
    });
  });

  test('whose output folder is missing is FAILED 0:53, as in Slurm, and never starts', async () => {
    const jobs = localJobs();
    const submission = jobs.submission('one', 'touch ran');
    rmSync(join(submission.run_dir, 'logs'), { recursive: true });
    await jobs.scheduler.submit([submission]);
    const seen = await jobs.ended(jobs.ref(submission, '1'));
    expect([seen.state, seen.exit_code, existsSync(join(submission.run_dir, 'ran'))]).toEqual(['FAILED', '0:53', false]);
  });

  test('has the environment of a batch job, its folder as working folder, and the attempt as its argument', async () => {
    const jobs = localJobs();
    const body = [
      'echo "attempt $1 in $PWD"; env | grep "^SLURM_" | sort; echo "to stderr" >&2',
      'if read -r line; then echo "stdin: $line"; fi; echo $$ > pid; ps -o sid= -p $$ > session',
    ].join('\n');
    await jobs.ended(await jobs.submit('one', body, ['--cpus-per-task=1']));
    const dir = join(jobs.dir, 'one');
    expect(jobs.output('one').split('\n')).toEqual([
      `attempt 1 in ${dir}`,
      'SLURM_CPUS_ON_NODE=1',
      'SLURM_CPUS_PER_TASK=1',
      'SLURM_JOBID=1',
      'SLURM_JOB_ID=1',
      'SLURM_JOB_NAME=rw-one',
      'SLURM_JOB_NODELIST=localhost',
      'SLURM_JOB_NUM_NODES=1',
      'SLURM_NNODES=1',
      `SLURM_SUBMIT_DIR=${dir}`,
      'to stderr',
      '',
    ]);
  });

  test('is ended at its time limit: TIMEOUT, after the warning that it asked for', async () => {
    const jobs = localJobs();
    const body = 'trap "echo warned" USR1; for i in $(seq 100); do sleep 0.1; done';
    const seen = await jobs.ended(await jobs.submit('one', body, ['--time=0:02', '--signal=B:USR1@1']));
    expect([seen.state, seen.exit_code]).toEqual(['TIMEOUT', '0:0']);
    expect(jobs.output('one')).toBe('warned\n');
    const seconds = (Date.parse(seen.ended ?? '') - Date.parse(seen.started ?? '')) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(8);
  });

  test('of less time than its warning is ahead is warned at half its time, not before its shell listens', async () => {
    const jobs = localJobs();
    const body = 'sleep 0.5; trap "echo warned" USR1; for i in $(seq 100); do sleep 0.1; done';
    const seen = await jobs.ended(await jobs.submit('one', body, ['--time=0:04', '--signal=B:USR1@60']));
    expect([seen.state, jobs.output('one')]).toEqual(['TIMEOUT', 'warned\n']);
  });

  test('takes its whole process tree with it when it is cancelled, sessions of their own and deaf ones included', async () => {
    const jobs = localJobs();
    const body = [
      'sleep 60 & echo $! >> pids',
      `setsid bash -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 0.2; done' &`,
      'echo $$ >> pids; touch ready; wait',
    ].join('\n');
    const job = await jobs.submit('one', body);
    await eventually(() => existsSync(join(jobs.dir, 'one/ready')) && jobs.read('one', 'pids').trim().split('\n').length === 3, 'pids');
    const pids = jobs.read('one', 'pids').trim().split('\n').map(Number);
    expect(pids.map(isRunning)).toEqual([true, true, true]);
    expect([...(await jobs.scheduler.cancel([job])).entries()]).toEqual([['token-of-one', undefined]]);
    const seen = await jobs.ended(job);
    expect([seen.state, seen.exit_code]).toEqual(['CANCELLED', '0:0']);
    await eventually(() => !pids.some(isRunning), 'the processes end');
    await jobs.scheduler.cancel([job]);
    expect((await jobs.sighting(job))?.state).toBe('CANCELLED');
  });

  test('that handles TERM gets the time to save what it has', async () => {
    const jobs = localJobs();
    // The script's shell dies at once; its child is still saving.
    const body = `bash -c 'trap "sleep 0.7; echo saved > saved; exit 0" TERM; touch ready; while :; do sleep 0.1; done'\necho unreached`;
    const job = await jobs.submit('one', body);
    await eventually(() => existsSync(join(jobs.dir, 'one/ready')), 'ready');
    await jobs.scheduler.cancel([job]);
    expect((await jobs.ended(job)).state).toBe('CANCELLED');
    expect(jobs.read('one', 'saved')).toBe('saved\n');
  });

  test('waits for CPUs in the order of submission, and may be cancelled while it waits', async () => {
    const jobs = localJobs();
    const all = [`--cpus-per-task=${availableParallelism()}`];
    const first = await jobs.submit('first', 'while [ ! -e go ]; do sleep 0.05; done; date +%s%N > end', all);
    const second = await jobs.submit('second', 'date +%s%N > start', all);
    const third = await jobs.submit('third', 'touch ran', all);
    await jobs.running(first);
    expect(await jobs.sighting(second)).toMatchObject({ state: 'PENDING', reason: 'Resources', job_id: '2' });
    await jobs.scheduler.cancel([third]);
    const seen = await jobs.ended(third);
    expect([seen.state, seen.started, existsSync(join(jobs.dir, 'third/ran'))]).toEqual(['CANCELLED', undefined, false]);
    const [trial] = await jobs.scheduler.trial([first.run_dir.concat('/finetune.slurm')]);
    expect(trial).toEqual({});
    writeFileSync(join(jobs.dir, 'first/go'), '');
    expect((await jobs.ended(second)).state).toBe('COMPLETED');
    expect(Number(jobs.read('second', 'start'))).toBeGreaterThan(Number(jobs.read('first', 'end')));
  });

  test('shows the tails of its metrics and its output', async () => {
    const jobs = localJobs();
    const job = await jobs.submit('one', 'head -c 5000 /dev/zero | tr "\\0" x; echo end; echo step 1 > metrics.jsonl');
    await jobs.ended(job);
    const { tails, complete, trouble } = await jobs.scheduler.observe([job], { metrics_file: 'metrics.jsonl' });
    expect(tails.get(job.token)).toEqual({
      metrics: 'step 1\n',
      output: `${'x'.repeat(4092)}end\n`,
      quiet_seconds: expect.any(Number),
    });
    expect([complete, trouble]).toEqual([true, []]);
  });
});
