import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createProcessScheduler } from '../../server/process/process_scheduler.ts';
import { eventually, LocalJobs, supervisorCommand } from './local_jobs.ts';

const bin = mkdtempSync(join(tmpdir(), 'runwright-bin-'));
const opened: LocalJobs[] = [];
function localJobs(): LocalJobs {
  const jobs = new LocalJobs();
  opened.push(jobs);
  return jobs;
}
beforeAll(() => {
  const list = 'GPU 0: NVIDIA A100 (UUID: GPU-1)\n  MIG 1g.5gb Device 0: (UUID: MIG-1)\nGPU 1: NVIDIA A100 (UUID: GPU-2)\n';
  writeFileSync(join(bin, 'nvidia-smi'), `#!/bin/sh\ncat <<'END'\n${list}END\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '7');
  vi.stubEnv('SLURM_RESTART_COUNT', '4');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true });
  for (const jobs of opened) await jobs.remove();
});

const cpus = availableParallelism();
const clock = (): Date => new Date('2025-10-20T13:58:02.345Z');

describe.concurrent('the embedded scheduler', () => {
  const refusals: [string, string][] = [
    [
      `--cpus-per-task=${cpus + 1}`,
      `Requested node configuration is not available: the job asks for ${cpus + 1} CPUs and this machine has ${cpus}; set cpus to ${cpus} or fewer, or choose a Slurm cluster`,
    ],
    [
      '--gres=gpu:3',
      'Requested node configuration is not available: the job asks for 3 GPUs and nvidia-smi -L shows 2 on this machine; set gpus to 2 or fewer, or choose a Slurm cluster',
    ],
    [
      '--nodes=2',
      'Requested node configuration is not available: the job asks for 2 nodes and this is one machine; set nodes to 1, or choose a Slurm cluster',
    ],
    ['--array=1-3', 'Job arrays are not run on this machine; submit each run as a job of its own, or choose a Slurm cluster'],
    ['--time=soon', 'Invalid --time specification'],
  ];
  test.each(refusals)('refuses %s at submission as in the trial, and there is no job', async (option, message) => {
    const jobs = localJobs();
    const submission = jobs.submission('one', 'true', [option]);
    expect(await jobs.scheduler.submit([submission])).toEqual([{ kind: 'refused', token: 'token-of-one', message, transient: false }]);
    expect(await jobs.scheduler.trial([readFileSync(submission.script_path, 'utf8')])).toEqual([{ fault: message }]);
    const ref = jobs.ref(submission, '1');
    const seen = await jobs.scheduler.observe([ref], { metrics_file: 'm' });
    expect([seen.jobs.size, seen.complete, seen.trouble]).toEqual([0, true, []]);
    expect((await jobs.scheduler.cancel([ref])).get(ref.token)).toBe(
      'the embedded scheduler has no job named rw-one; nothing was cancelled',
    );
  });

  test('refuses a script that cannot be opened', async () => {
    const jobs = localJobs();
    const submission = { ...jobs.submission('one', 'true'), script_path: '/nowhere/finetune.slurm' };
    const message = "Unable to open file /nowhere/finetune.slurm: ENOENT: no such file or directory, open '/nowhere/finetune.slurm'";
    expect(await jobs.scheduler.submit([submission])).toEqual([{ kind: 'refused', token: 'token-of-one', message, transient: false }]);
  });

  test('expects a start now while the machine is free', async () => {
    const { stateDir } = localJobs();
    const scheduler = createProcessScheduler({ stateDir, supervisorCommand: supervisorCommand(), clock });
    expect(await scheduler.trial(['#!/bin/bash\ntrue\n'])).toEqual([{ expected_start: '2025-10-20T13:58:02Z' }]);
  });

  test('gives each job GPUs of its own, and none to a job that asks for none', async () => {
    const jobs = localJobs();
    const show = 'echo "$CUDA_VISIBLE_DEVICES $SLURM_RESTART_COUNT" > gpus; for i in $(seq 100); do [ -e ../go ] && exit; sleep 0.05; done';
    const one = await jobs.submit('one', show, ['--gres=gpu:1']);
    await jobs.running(one);
    // Both CPUs may be one: the second is looked at when the first has ended, if it has to wait.
    const two = await jobs.submit('two', show, ['--gpus=1']);
    if (cpus > 1) await jobs.running(two);
    writeFileSync(join(jobs.dir, 'go'), '');
    await jobs.ended(two);
    await jobs.ended(await jobs.submit('none', show));
    const shown = ['one', 'two', 'none'].map((name) => jobs.read(name, 'gpus'));
    expect(shown).toEqual(['0 \n', cpus > 1 ? '1 \n' : '0 \n', ' \n']);
  });

  test('says that its supervisor could not be started, and knows its jobs all the same', async () => {
    const jobs = localJobs();
    const broken = createProcessScheduler({
      stateDir: jobs.stateDir,
      supervisorCommand: [process.execPath, '-e', 'process.exit(4)', '--'],
    });
    const submission = jobs.submission('one', 'true');
    expect(await broken.submit([submission])).toEqual([{ kind: 'submitted', token: 'token-of-one', job_id: '1' }]);
    const ref = jobs.ref(submission, '1');
    const trouble = `the embedded scheduler's supervisor could not be started (it ended with code 4); read ${jobs.folder.log}`;
    await eventually(async () => (await broken.observe([ref], { metrics_file: 'm' })).trouble.includes(trouble), trouble);
    const seen = await broken.observe([ref], { metrics_file: 'm' });
    expect([seen.complete, seen.jobs.get(ref.token)?.state]).toEqual([true, 'PENDING']);
    // A server that can start one brings the job to its end.
    expect((await jobs.ended(ref)).state).toBe('COMPLETED');
  });

  test('never takes records that it cannot read for jobs that are gone', async () => {
    const jobs = localJobs();
    const job = await jobs.submit('one', 'true');
    await jobs.ended(job);
    rmSync(jobs.folder.job(1));
    mkdirSync(jobs.folder.job(1));
    const seen = await jobs.scheduler.observe([job], { metrics_file: 'm' });
    expect([seen.complete, seen.trouble]).toEqual([
      false,
      [`the embedded scheduler's records in ${jobs.folder.root} could not be read: EISDIR: illegal operation on a directory, read`],
    ]);
  });

  test('refuses for now when its folder cannot be made', async () => {
    const jobs = localJobs();
    writeFileSync(jobs.stateDir, 'a file');
    expect(await jobs.scheduler.submit([jobs.submission('one', 'true')])).toEqual([
      {
        kind: 'refused',
        token: 'token-of-one',
        message: `The embedded scheduler cannot make its folder ${jobs.folder.root}: ENOTDIR: not a directory, mkdir '${jobs.folder.jobs}'`,
        transient: true,
      },
    ]);
  });

  test('uploads what differs, leaves equal files untouched, and nothing outside the root', async () => {
    const { dir, scheduler } = localJobs();
    await scheduler.upload(dir, [{ path: 'a/b.yaml', content: 'one\n' }]);
    const before = statSync(join(dir, 'a/b.yaml'));
    const files = [
      { path: 'a/b.yaml', content: 'one\n' },
      { path: 'a/c.yaml', content: 'two\n' },
    ];
    await scheduler.upload(dir, files);
    const after = statSync(join(dir, 'a/b.yaml'));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    expect(readFileSync(join(dir, 'a/c.yaml'), 'utf8')).toBe('two\n');
    await expect(scheduler.upload(dir, [...files, { path: '../out', content: '' }])).rejects.toThrow(
      `Nothing was written.\n../out: it lies outside ${dir}; give a path below that folder`,
    );
  });
});
