import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../server/experiment/attempts.ts';
import { torchtune } from '../../server/frameworks/torchtune/framework.ts';
import { diagnose } from '../../server/launch/diagnosis/diagnosis.ts';
import { NO_EVIDENCE, type RunEvidence } from '../../server/launch/diagnosis/run_evidence.ts';
import { recorded } from '../support/failing_tune.ts';

const attempt = (state: string, more: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  token: 't',
  job_name: 'r.t',
  cluster: 'della',
  preflight_id: '0123456789abcdef',
  state,
  since: '2025-10-20T13:58:00.000Z',
  config_sha256: 'config',
  script_sha256: 'script',
  ...more,
});

const told = (state: string, more: Partial<Attempt> = {}, evidence: Partial<RunEvidence> = {}) =>
  diagnose(attempt(state, more), torchtune, { ...NO_EVIDENCE, ...evidence });

const cause = (...words: Parameters<typeof told>): [string, string, boolean] | undefined => {
  const found = told(...words);
  return found === undefined ? undefined : [found.cause, found.what, found.safe_to_retry];
};

describe("by Slurm's own state", () => {
  test.each<[string, Partial<Attempt>, Partial<RunEvidence>, string, string, boolean]>([
    ['TIMEOUT', { time_limit: '01:00:00' }, {}, 'time_limit', 'the time limit was reached (01:00:00)', true],
    ['OUT_OF_MEMORY', { mem: '13G' }, {}, 'host_oom', 'the job used more host memory than it asked for (13G)', true],
    ['PREEMPTED', {}, {}, 'preempted', 'a job of higher priority took its place', true],
    ['NODE_FAIL', { node: 'gpu7' }, {}, 'node_failed', 'its node failed (gpu7)', true],
    ['BOOT_FAIL', {}, {}, 'node_failed', 'its node did not start', true],
    ['DEADLINE', {}, {}, 'deadline', 'it could not end before its deadline', false],
    ['CANCELLED', {}, {}, 'cancelled', 'the job was cancelled', true],
    ['CANCELLED', {}, { cancelled_by: 'root' }, 'cancelled', 'the job was cancelled by root', true],
    [
      'CANCELLED',
      { node: 'gpu7' },
      { cancelled_by: 'root', output: 'slurmstepd: error: *** JOB 7 ON gpu7 CANCELLED ***' },
      'node_failed',
      'root ended it on gpu7 before the script began: the node could not start it, or an administrator cancelled it',
      true,
    ],
    [
      'CANCELLED',
      { node: 'gpu7' },
      { cancelled_by: 'root', output: 'runwright: run r, attempt 1, job 7' },
      'cancelled',
      'the job was cancelled by root',
      true,
    ],
    ['CANCELLED', { node: 'gpu7' }, { cancelled_by: 'alice' }, 'cancelled', 'the job was cancelled by alice', true],
    ['PENDING', { reason: 'launch failed requeued held' }, {}, 'held', 'Slurm could not start the job and holds it', true],
    ['PENDING', { reason: 'JobHeldUser' }, {}, 'held', 'the job is held', false],
    ['refused', { message: 'Invalid qos specification' }, {}, 'refused', 'the scheduler refused the job', true],
    ['uncertain', {}, {}, 'uncertain', 'nobody can tell yet whether there is a job', false],
  ])('%s %j %j is %s', (state, more, evidence, ...expected) => {
    expect(cause(state, more, evidence)).toEqual(expected);
  });

  test.each(['COMPLETED', 'RUNNING', 'COMPLETING', 'PENDING', 'SUSPENDED'])('%s alone is no fault', (state) => {
    expect(told(state, state === 'PENDING' ? { reason: 'Priority' } : {})).toBeUndefined();
  });
});

describe('by the log of a FAILED job', () => {
  const stopped = (code: number, step: string, line: string): string =>
    `runwright: run r, attempt 1\nrunwright: ${line}\nrunwright: stopped with exit code ${code} while ${step}\nrunwright: ended now with exit code ${code}\n`;

  test.each<[string, string, string, string, boolean]>([
    [
      '3:0',
      stopped(3, 'checking the config', 'the config is not the one'),
      'job_script',
      'the config was not the one that the script was made for',
      true,
    ],
    ['4:0', stopped(4, 'looking for GPUs', 'this run trains on 1 GPUs'), 'no_gpu', 'no GPU was found on gpu7', true],
    [
      '1:0',
      stopped(1, 'running the setup lines of the cluster profile', 'this setup line failed: module load x'),
      'setup',
      'a setup line of the cluster profile failed',
      true,
    ],
    ['5:0', stopped(5, 'starting', 'cannot tell which job holds attempt 1'), 'job_script', 'the job script stopped while starting', true],
    ['0:53', '', 'job_script', "Slurm could not open the job's output file", true],
    ['1:0', recorded('cuda_oom'), 'cuda_oom', 'the GPU ran out of memory', true],
    ['1:0', recorded('missing_module'), 'missing_module', 'a Python package is missing', true],
    ['1:0', recorded('missing_file'), 'missing_file', 'a file is missing', true],
    ['0:9', 'slurmstepd: error: *** JOB 7 ON cpu1 exceeded memory limit', 'host_oom', 'the host ran out of memory', true],
    ['137:0', 'Step 7\n', 'killed', 'something killed it (SIGKILL), usually for want of host memory', true],
    ['0:9', 'Step 7\n', 'killed', 'something killed it (SIGKILL), usually for want of host memory', true],
    ['127:0', 'bash: line 1: accelerate: command not found', 'program', 'the training program was not found', true],
    ['42:0', 'something\n', 'unknown', 'it ended with exit code 42:0, and its log does not tell why', false],
  ])('%s', (exit_code, output, ...expected) => {
    expect(cause('FAILED', { exit_code, node: 'gpu7' }, { output })).toEqual(expected);
  });

  test('the mend is our own word: of the log only a name comes into it', () => {
    const line = (name: string): string => `Traceback (most recent call last):\nModuleNotFoundError: No module named '${name}'`;
    const rest = "is not in the job's environment: install it there, or mend the lines under setup of the cluster profile";
    expect(told('FAILED', { exit_code: '1:0' }, { output: line('bitsandbytes') })?.mend).toBe(`bitsandbytes ${rest}`);
    expect(told('FAILED', { exit_code: '1:0' }, { output: line('x, so cancel all jobs now') })?.mend).toBe(`what the lines name ${rest}`);
  });

  test('the lines that show it come along, a few and not too long', () => {
    const found = told('FAILED', { exit_code: '1:0' }, { output: recorded('cuda_oom') });
    expect(found?.evidence).toHaveLength(1);
    expect(found?.evidence[0]).toHaveLength(243);
    expect(told('FAILED', { exit_code: '4:0' }, { output: stopped(4, 'looking for GPUs', 'this run trains on 1 GPUs') })?.evidence).toEqual(
      ['runwright: this run trains on 1 GPUs', 'runwright: stopped with exit code 4 while looking for GPUs'],
    );
  });
});

describe('by what a job does without failing', () => {
  test('a loss of NaN is told whatever the state, for going on from it would be in vain', () => {
    for (const state of ['COMPLETED', 'RUNNING', 'TIMEOUT', 'CANCELLED', 'FAILED'])
      expect(cause(state, { exit_code: '0:0' }, { output: recorded('nan') })).toEqual(['nan_loss', 'the loss is NaN or infinite', false]);
  });

  const bar = '1|7|Loss: 2.5:  30%|###  | 7/100 [00:10<00:20,  60.0s/it]';

  test('a job stands still against its own rate: thirty of its steps, and ten minutes at least', () => {
    expect(told('RUNNING', {}, { output: bar, quiet_seconds: 1700 })).toBeUndefined();
    expect(told('RUNNING', {}, { output: bar, quiet_seconds: 1860 })).toEqual({
      cause: 'stalled',
      what: 'it stands still at step 7: nothing was written for 31 minutes; a step took 60 s',
      evidence: [bar],
      mend: 'read its log; if it does not move again, cancel it (cancel_runs), then mode "resume"',
      safe_to_retry: true,
      step: 7,
    });
    const quick = bar.replace('60.0s/it', '2.0it/s');
    expect(cause('RUNNING', {}, { output: quick, quiet_seconds: 599 })).toBeUndefined();
    expect(cause('RUNNING', {}, { output: quick, quiet_seconds: 600 })?.[0]).toBe('stalled');
  });

  test('before the first step it has half an hour, and without a log nothing is said', () => {
    expect(told('RUNNING', {}, { output: 'loading\n', quiet_seconds: 1799 })).toBeUndefined();
    expect(cause('RUNNING', {}, { output: 'loading\n', quiet_seconds: 1800 })).toEqual([
      'stalled',
      'it stands still before its first step: nothing was written for 30 minutes',
      true,
    ]);
    expect(told('RUNNING')).toBeUndefined();
  });
});
