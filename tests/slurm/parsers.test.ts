import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobRef } from '../../server/clusters/scheduler.ts';
import { readExitRecord, stateOfRecord } from '../../server/slurm/exit_record.ts';
import { isTransient, MAYBE_SENT, NEVER_SENT, refusalText } from '../../server/slurm/refusals.ts';
import { readSacct, sacctIsAbsent } from '../../server/slurm/sacct.ts';
import { byName, sighting } from '../../server/slurm/sighting.ts';
import { configValue, readAssociations, readPartitions, readQos } from '../../server/slurm/site_facts.ts';
import { readSqueue } from '../../server/slurm/squeue.ts';
import { readState } from '../../server/slurm/states.ts';
import { readTrial } from '../../server/slurm/trial.ts';

const recorded = (name: string): string => readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');
const ref = (token: string, job_name: string, job_id?: string): JobRef => ({
  token,
  job_name,
  ...(job_id === undefined ? {} : { job_id }),
  run_dir: '/r',
  attempt: 1,
  output_path: '/r/logs/attempt-1.out',
  since: '2026-11-23T16:00:00Z',
});
const witnesses = {
  squeue: byName(readSqueue(recorded('squeue.txt'))),
  sacct: byName(readSacct(recorded('sacct.txt'))),
  squeue_healthy: true,
  sacct_silent: false,
};

describe('squeue', () => {
  it('gives no start to a job that waits and no end to one that runs', () => {
    expect(readSqueue(recorded('squeue.txt'))).toEqual([
      {
        job_id: '1',
        name: 'caps-x-aaaa',
        state: 'FAILED',
        submitted: '2026-11-24T03:26:42Z',
        started: '2026-11-24T03:26:42Z',
        ended: '2026-11-24T03:26:43Z',
        node: 'cpu1',
        reason: 'NonZeroExitCode',
      },
      { job_id: '2', name: 'p|q', state: 'PENDING', submitted: '2026-11-24T03:26:42Z', reason: 'JobHeldUser' },
      {
        job_id: '61',
        name: 'caps-r1-bbbb',
        state: 'PENDING',
        submitted: '2026-11-24T03:26:42Z',
        expected_start: '2026-11-24T04:01:55Z',
        reason: 'Resources',
      },
      {
        job_id: '60',
        name: 'caps-r2-cccc',
        state: 'RUNNING',
        submitted: '2026-11-24T03:26:42Z',
        started: '2026-11-24T03:26:55Z',
        node: 'gpu3',
      },
      {
        job_id: '37_2',
        name: 'caps-r3-dddd',
        state: 'COMPLETING',
        submitted: '2026-11-24T03:26:42Z',
        started: '2026-11-24T03:26:55Z',
        node: 'gpu1',
      },
      { job_id: '64', name: 'caps-r4-eeee', state: 'PENDING', submitted: '2026-11-24T03:26:42Z', reason: 'job requeued in held state' },
    ]);
  });

  it('reads any text without failing', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(readSqueue(text)) && Array.isArray(readSacct(text))));
  });
});

describe('states', () => {
  it.each([
    ['CANCELLED by 1001', 'CANCELLED'],
    ['COMPLETED+', 'COMPLETED'],
    ['REQUEUED', 'PENDING'],
    ['NODE_FAIL', 'NODE_FAIL'],
    ['banana', undefined],
    ['', undefined],
  ])('%j is %s', (text, state) => {
    expect(readState(text)).toBe(state);
  });
});

describe('what the witnesses say together', () => {
  it('takes the exit code from sacct where squeue still shows a finished job', () => {
    expect(sighting(ref('a', 'caps-x-aaaa', '1'), witnesses, undefined)).toMatchObject({ token: 'a', state: 'FAILED', exit_code: '3:0' });
  });

  it('takes the newest record of a requeued job', () => {
    const rows = readSacct(
      ['52|NODE_FAIL|1:0|1795490802|1795490802|1795490822|cpu1|r', '52|COMPLETED|0:0|1795490823|1795490829|1795490860|gpu1|r'].join('\n'),
    );
    expect(sighting(ref('g', 'r', '52'), { ...witnesses, sacct: byName(rows) }, undefined)).toEqual({
      token: 'g',
      job_id: '52',
      state: 'COMPLETED',
      exit_code: '0:0',
      submitted: '2026-11-24T03:27:03Z',
      started: '2026-11-24T03:27:09Z',
      ended: '2026-11-24T03:27:40Z',
      node: 'gpu1',
    });
  });

  it('does not take another job that was given the same id', () => {
    expect(sighting(ref('x', 'caps-lost-zzzz', '9702'), witnesses, undefined)).toBeUndefined();
  });

  it.each([
    ['PENDING', undefined],
    ['RUNNING', undefined],
    ['REQUEUED', undefined],
    // Slurm may start it again: sacct shows so only seconds later.
    ['NODE_FAIL', undefined],
    ['PREEMPTED', undefined],
    ['COMPLETED', 'COMPLETED'],
    ['TIMEOUT', 'TIMEOUT'],
    ['CANCELLED by 1001', 'CANCELLED'],
  ])('with squeue out of reach, believes sacct in an end alone: %s', (said, state) => {
    const sacct = byName(readSacct(`52|${said}|0:0|1795490802|1795490802|1795490822|cpu1|r`));
    const silent = { squeue: new Map(), sacct, squeue_healthy: false, sacct_silent: false };
    expect(sighting(ref('g', 'r', '52'), silent, undefined)?.state).toBe(state);
  });

  it('finds the id of a job of which only the intent is known', () => {
    expect(sighting(ref('c', 'caps-r2-cccc'), witnesses, undefined)).toMatchObject({ token: 'c', job_id: '60', state: 'RUNNING' });
  });

  it('believes the record of the job itself when sacct lags behind or is not there', () => {
    const record = readExitRecord(
      '{"job_id":"52","attempt":"1","exit_code":0,"time_limit_near":false,"started":"2026-11-24T03:27:09Z","ended":"2026-11-24T03:28:00Z","host":"cpu1"}',
    );
    const completed = {
      token: 'g',
      job_id: '52',
      state: 'COMPLETED',
      exit_code: '0:0',
      started: '2026-11-24T03:27:09Z',
      ended: '2026-11-24T03:28:00Z',
      node: 'cpu1',
    };
    expect(sighting(ref('g', 'caps-r6-gggg', '52'), witnesses, record)).toEqual(completed);
    expect(sighting(ref('g', 'caps-r6-gggg', '52'), { ...witnesses, sacct: new Map() }, record)).toEqual(completed);
    // With squeue out of reach the job may be running again.
    expect(sighting(ref('g', 'caps-r6-gggg', '52'), { ...witnesses, squeue_healthy: false }, record)).toBeUndefined();
  });

  it.each([
    ['{"job_id":"52","attempt":"1","exit_code":143,"signal":"TERM","time_limit_near":false}', undefined],
    ['{"job_id":"52","attempt":"1","exit_code":137,"time_limit_near":false}', undefined],
    ['{"job_id":"52","attempt":"1","exit_code":3,"time_limit_near":false}', 'FAILED'],
    ['{"job_id":"52","attempt":"1","exit_code":0,"time_limit_near":false}', 'COMPLETED'],
  ])('while sacct is silent, what ended by a signal is not guessed: %s', (text, state) => {
    const silent = { ...witnesses, sacct: new Map(), sacct_silent: true };
    expect(sighting(ref('g', 'caps-r6-gggg', '52'), silent, readExitRecord(text))?.state).toBe(state);
  });

  it('does not believe that a job waits or runs which a healthy squeue does not know: a crash of slurmctld lost it', () => {
    expect(sighting(ref('h', 'caps-r7-hhhh', '9702'), witnesses, undefined)).toBeUndefined();
    expect(sighting(ref('g', 'caps-r6-gggg', '52'), witnesses, undefined)).toBeUndefined();
  });

  it('does not believe a record of another job', () => {
    const record = readExitRecord('{"job_id":"99","attempt":"1","exit_code":0}');
    expect(sighting(ref('n', 'caps-none-nnnn', '5'), witnesses, record)).toBeUndefined();
  });
});

describe('exit records', () => {
  it.each([
    ['{"job_id":"1","attempt":"1","exit_code":0,"time_limit_near":true}', 'COMPLETED'],
    ['{"job_id":"1","attempt":"1","exit_code":143,"signal":"TERM","time_limit_near":true}', 'TIMEOUT'],
    ['{"job_id":"1","attempt":"1","exit_code":143,"signal":"TERM","time_limit_near":false}', 'CANCELLED'],
    ['{"job_id":"1","attempt":"1","exit_code":1}', 'FAILED'],
  ])('%s means %s', (text, state) => {
    const record = readExitRecord(text);
    expect(record === undefined ? undefined : stateOfRecord(record)).toBe(state);
  });

  it.each(['', '{', 'null', '[]', '{"job_id":1,"exit_code":0}', '{"job_id":"1","exit_code":"0"}'])('%j is none', (text) => {
    expect(readExitRecord(text)).toBeUndefined();
  });
});

describe("sbatch's words", () => {
  const bash = (text: string): boolean => new RegExp(MAYBE_SENT).test(text) && !new RegExp(NEVER_SENT).test(text);

  it.each([
    ['sbatch: error: Batch job submission failed: Socket timed out on send/recv operation', true],
    ['sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received', true],
    ['sbatch: error: Batch job submission failed: Unable to contact slurm controller (receive failure)', true],
    ['sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)', false],
    ['sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)', false],
    ['sbatch: error: Munge encode failed: x\nsbatch: error: Batch job submission failed: Protocol authentication error', false],
    ['sbatch: error: Invalid --time specification', false],
  ])('after %j a job may be there: %s', (text, maybe) => {
    expect(bash(text)).toBe(maybe);
  });

  it('are shown without the names of programs', () => {
    const said =
      "sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";
    expect(refusalText(said)).toBe(
      "QOSMaxSubmitJobPerUserLimit; Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    );
    expect(isTransient(said)).toBe(true);
    expect(isTransient('sbatch: error: invalid partition specified: nosuch')).toBe(false);
  });

  it('of a trial are its start or its refusal', () => {
    const start = {
      code: 0,
      stdout: '',
      stderr: 'sbatch: Job 4 to start at 1795490806 using 1 processors on nodes cpu1 in partition cpu\n',
    };
    expect(readTrial(start)).toEqual({ expected_start: '2026-11-24T03:26:46Z' });
    const refused = {
      code: 1,
      stdout: '',
      stderr: 'sbatch: error: invalid partition specified: nosuch\nallocation failure: Invalid partition name specified\n',
    };
    expect(readTrial(refused)).toEqual({ fault: 'invalid partition specified: nosuch; Invalid partition name specified' });
  });

  it('of a site without accounting are no trouble', () => {
    expect(sacctIsAbsent(1, 'Slurm accounting storage is disabled\n')).toBe(true);
    expect(sacctIsAbsent(1, 'sacct: error: Problem talking to the database: Connection refused')).toBe(false);
  });
});

describe('the site', () => {
  it('has its partitions with their GPUs by type', () => {
    expect(readPartitions(recorded('sinfo.txt'))).toEqual([
      { name: 'gpu', is_default: true, up: true, max_time: '2-00:00:00', nodes: 3, nodes_free: 3, gpus: { a100: 8, h100: 8 } },
      { name: 'gpu-test', is_default: false, up: true, max_time: '10:00', nodes: 1, nodes_free: 1, gpus: { a100: 4 } },
      { name: 'cpu', is_default: false, up: true, max_time: '1-00:00:00', nodes: 1, nodes_free: 1, gpus: {} },
      { name: 'private', is_default: false, up: true, max_time: 'infinite', nodes: 1, nodes_free: 0, gpus: { h100: 8 } },
      { name: 'down', is_default: false, up: false, max_time: '1:00:00', nodes: 1, nodes_free: 1, gpus: { gpu: 8 } },
    ]);
  });

  it('has its limits', () => {
    expect(readQos('normal|||\nshort|00:05:00||\nlimited||3|1\n')).toEqual([
      { name: 'normal' },
      { name: 'short', max_wall: '00:05:00' },
      { name: 'limited', max_submit: 3, max_jobs: 1 },
    ]);
    expect(readAssociations('ml||high,low,normal|25\n')).toEqual([{ account: 'ml', qos: ['high', 'low', 'normal'], max_submit: 25 }]);
    expect(configValue('ClusterName             = labcluster\nMaxArraySize            = 1001\n', 'MaxArraySize')).toBe('1001');
  });
});
