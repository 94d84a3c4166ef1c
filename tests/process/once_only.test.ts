import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { Submission, SubmissionOutcome } from '../../server/clusters/scheduler.ts';
import { reserve } from '../../server/process/job_record.ts';
import { numbersIn } from '../../server/process/state_folder.ts';
import { bundled, eventually, isRunning, LocalJobs, supervisorCommand } from './local_jobs.ts';

const run = promisify(execFile);
const opened: LocalJobs[] = [];
function localJobs(): LocalJobs {
  const jobs = new LocalJobs();
  opened.push(jobs);
  return jobs;
}
afterAll(async () => {
  for (const jobs of opened) await jobs.remove();
});

const submitMain = bundled('submit_main.ts');
async function submitElsewhere(jobs: LocalJobs, submissions: readonly Submission[]): Promise<SubmissionOutcome[]> {
  const words = JSON.stringify({ stateDir: jobs.stateDir, supervisorCommand: supervisorCommand(), submissions });
  return JSON.parse((await run(process.execPath, [submitMain, words])).stdout) as SubmissionOutcome[];
}

/** Waits in vain for a file: a job that lasts until the test lets it go. */
const untilLetGo = 'echo ran >> runs; for i in $(seq 600); do [ -e go ] && break; sleep 0.05; done; echo done >> runs';

describe.concurrent('no job is run twice or lost', () => {
  test('a token that is submitted twice is one job', async () => {
    const jobs = localJobs();
    const submission = jobs.submission('one', 'echo ran >> runs');
    const both = await jobs.scheduler.submit([submission, submission]);
    const again = await jobs.anotherScheduler().submit([submission]);
    expect([...both, ...again]).toEqual(Array(3).fill({ kind: 'submitted', token: 'token-of-one', job_id: '1' }));
    await jobs.ended(jobs.ref(submission, '1'));
    expect(await jobs.scheduler.submit([submission])).toEqual([{ kind: 'submitted', token: 'token-of-one', job_id: '1' }]);
    expect(jobs.read('one', 'runs')).toBe('ran\n');
    expect((await jobs.submit('two', 'true')).job_id).toBe('2');
  });

  test('processes that submit the same tokens at once make one job of each, with numbers of their own', async () => {
    const jobs = localJobs();
    const submissions = ['a', 'b', 'c', 'd', 'e'].map((name) => jobs.submission(name, 'echo ran >> runs'));
    const told = await Promise.all([1, 2, 3].map(() => submitElsewhere(jobs, submissions)));
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    const ids = told[0]?.map((outcome) => (outcome.kind === 'submitted' ? outcome.job_id : outcome.message)) ?? [];
    expect(new Set(ids).size).toBe(5);
    for (const [index, submission] of submissions.entries()) {
      await jobs.ended(jobs.ref(submission, ids[index] ?? ''));
      expect(jobs.read(submission.run, 'runs')).toBe('ran\n');
    }
    await eventually(() => numbersIn(jobs.folder.ends).length === 5, 'five ends, no more');
  });

  test('a job survives the end of the process that submitted it', async () => {
    const jobs = localJobs();
    const submission = jobs.submission('one', untilLetGo);
    await submitElsewhere(jobs, [submission]);
    const job = jobs.ref(submission, '1');
    await jobs.running(job);
    writeFileSync(join(jobs.dir, 'one/go'), '');
    expect((await jobs.ended(job)).state).toBe('COMPLETED');
  });

  test('a job whose supervisor is killed goes on, is taken over, and ends once; one that waited starts after it', async () => {
    const jobs = localJobs();
    const job = await jobs.submit('one', untilLetGo);
    await jobs.running(job);
    const first = jobs.supervisor() ?? 0;
    process.kill(first, 'SIGKILL');
    await eventually(() => !isRunning(first), 'the supervisor dies');
    // The look both tells the truth and brings a new supervisor.
    expect((await jobs.sighting(job))?.state).toBe('RUNNING');
    await eventually(() => jobs.supervisor() !== undefined, 'a new supervisor');
    expect(jobs.supervisor()).not.toBe(first);
    const next = await jobs.submit('next', 'true');
    expect((await jobs.ended(next)).state).toBe('COMPLETED');
    writeFileSync(join(jobs.dir, 'one/go'), '');
    expect(await jobs.ended(job)).toMatchObject({ state: 'COMPLETED', exit_code: '0:0' });
    expect(jobs.read('one', 'runs')).toBe('ran\ndone\n');
  });

  test('a job that ends while no supervisor lives is told as it ended', async () => {
    const jobs = localJobs();
    const job = await jobs.submit('one', `${untilLetGo}; exit 3`);
    await jobs.running(job);
    process.kill(jobs.supervisor() ?? 0, 'SIGKILL');
    writeFileSync(join(jobs.dir, 'one/go'), '');
    await eventually(() => existsSync(jobs.folder.work(1, 'exit')), 'the exit record');
    expect(await jobs.sighting(job)).toMatchObject({ state: 'FAILED', exit_code: '3:0' });
  });

  test('a job whose runner is killed ends FAILED, with nothing of it left running', async () => {
    const jobs = localJobs();
    const job = await jobs.submit('one', 'echo $$ > pid; sleep 60');
    await jobs.running(job);
    await eventually(() => existsSync(join(jobs.dir, 'one/pid')) && jobs.read('one', 'pid') !== '', 'the script starts');
    const runner = JSON.parse(readFileSync(jobs.folder.work(1, 'claim'), 'utf8')) as { pid: number };
    process.kill(runner.pid, 'SIGKILL');
    expect(await jobs.ended(job)).toMatchObject({ state: 'FAILED', exit_code: '0:9' });
    await eventually(() => !isRunning(Number(jobs.read('one', 'pid'))), 'the script is gone');
  });

  test('a record whose submitter died before its token was written is no job, and its number is not used again', async () => {
    const jobs = localJobs();
    await jobs.ended(await jobs.submit('one', 'true'));
    const { run: name, ...wanted } = jobs.submission('two', 'echo ran >> runs');
    const asks = { cpus: 1, cpus_per_task: 1, gpus: 0, nodes: 1, array: false };
    expect(reserve(jobs.folder, { ...wanted, run: name, submitted: '2025-10-20T13:58:00Z', asks, environment: {} })).toBe(2);
    const job = await jobs.submit('two', 'echo ran >> runs');
    expect(job.job_id).toBe('3');
    expect((await jobs.ended(job)).state).toBe('COMPLETED');
    expect(jobs.read('two', 'runs')).toBe('ran\n');
  });

  test('the supervisor is one at a time, and ends after its last job', async () => {
    const jobs = localJobs();
    const job = await jobs.submit('one', 'sleep 0.3');
    await jobs.running(job);
    const pid = jobs.supervisor() ?? 0;
    const [program = '', ...words] = supervisorCommand();
    await run(program, [...words, jobs.stateDir]);
    expect([jobs.supervisor(), isRunning(pid)]).toEqual([pid, true]);
    await jobs.ended(job);
    await eventually(() => !isRunning(pid), 'the supervisor ends');
    await sleep(100);
    expect(jobs.supervisor()).toBeUndefined();
    expect((await jobs.sighting(job))?.state).toBe('COMPLETED');
    expect(jobs.supervisor()).toBeUndefined();
    expect((await jobs.ended(await jobs.submit('two', 'true'))).job_id).toBe('2');
  });
});
