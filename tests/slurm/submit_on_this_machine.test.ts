import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalConnection } from '../../server/clusters/local.ts';
import type { Submission } from '../../server/clusters/scheduler.ts';
import { createSlurmScheduler } from '../../server/slurm/slurm_scheduler.ts';
import { temporaryFolder } from '../support/context.ts';

afterEach(() => vi.unstubAllEnvs());

test('a call that is cancelled while sbatch is at work does not stop it before its receipt', async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'bin'));
  const sbatch = join(home, 'bin', 'sbatch');
  // Slow enough to be met in the middle.
  writeFileSync(sbatch, `#!/bin/bash\necho begun >> ${home}/sent\nsleep 0.5\necho ended >> ${home}/sent\necho 4711\n`);
  chmodSync(sbatch, 0o755);
  vi.stubEnv('PATH', `${join(home, 'bin')}:${process.env.PATH}`);
  const run_dir = join(home, 'run');
  const job: Submission = {
    run: 'run',
    attempt: 1,
    token: 'a1b2',
    job_name: 'run.a1b2',
    run_dir,
    script_path: join(run_dir, 'finetune.slurm'),
    output_path: join(run_dir, 'logs', 'attempt-1.out'),
  };
  const scheduler = createSlurmScheduler(new LocalConnection());
  const call = new AbortController();
  const submitting = scheduler.submit([job], call.signal);
  while (!existsSync(join(home, 'sent'))) await sleep(10);
  call.abort();
  expect(await submitting).toMatchObject([{ kind: 'uncertain' }]);
  const receipt = join(run_dir, '.runwright', 'attempt-1', 'receipt');
  for (let tries = 0; tries < 100 && !existsSync(receipt); tries += 1) await sleep(50);
  expect(await scheduler.submit([job])).toEqual([{ kind: 'submitted', token: 'a1b2', job_id: '4711' }]);
  expect(readFileSync(join(home, 'sent'), 'utf8')).toBe('begun\nended\n');
});
