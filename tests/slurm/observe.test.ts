import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Connection } from '../../server/clusters/connection.ts';
import { LocalConnection } from '../../server/clusters/local.ts';
import type { JobRef } from '../../server/clusters/scheduler.ts';
import { observeJobs } from '../../server/slurm/observe.ts';
import { temporaryFolder } from '../support/context.ts';

const NOW = '2026-03-01T10:00:00Z';

/** Stand-ins for squeue and sacct that say lines as the real ones print them; each sacct writes down what it was asked. */
function site(queue: string, accounts: string) {
  const home = temporaryFolder();
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const asked = join(home, 'asked');
  writeFileSync(join(bin, 'squeue'), `#!/bin/bash\n${queue}\n`, { mode: 0o755 });
  writeFileSync(join(bin, 'sacct'), `#!/bin/bash\necho "\${@: -1}" >> ${asked}\n${accounts}\n`, { mode: 0o755 });
  const local = new LocalConnection();
  const connection: Connection = {
    where: local.where,
    run: (command, options) => local.run(`export PATH=${bin}:$PATH\n${command}`, options),
    close: async () => undefined,
  };
  const job = (id: number, may_have_ended: boolean): JobRef => ({
    token: `t${id}`,
    job_name: `run${id}.t${id}`,
    job_id: String(id),
    run_dir: join(home, `run${id}`),
    attempt: 1,
    output_path: join(home, `run${id}`, 'logs', 'attempt-1.out'),
    since: NOW,
    may_have_ended,
  });
  const look = async (...jobs: JobRef[]) => {
    const {
      jobs: seen,
      complete,
      trouble,
    } = await observeJobs(connection, jobs, {
      metrics_file: 'logs/metrics.log',
      now: () => new Date(NOW),
    });
    const states = Object.fromEntries([...seen].map(([token, { state }]) => [token, state]));
    return { states, complete, trouble, asked: existsSync(asked) ? readFileSync(asked, 'utf8').trim().split('\n') : [] };
  };
  return { job, look };
}

const waits = (id: number): string => `echo '${id}|PENDING|1772359000|N/A|N/A||Priority|run${id}.t${id}'`;
const runs = (id: number): string => `echo '${id}|RUNNING|1772359000|1772359100|1772362700|cpu1|None|run${id}.t${id}'`;
const ended = (id: number): string => `echo '${id}|COMPLETED|0:0|1772359000|1772359100|1772359200|cpu1|run${id}.t${id}'`;

it('asks sacct for no job that waited, and waits', async () => {
  const { job, look } = site(waits(1), 'exit 1');
  expect(await look(job(1, false))).toEqual({ states: { t1: 'PENDING' }, complete: true, trouble: [], asked: [] });
});

it('asks sacct at once for a job that may have ended, and for one that left the queue since', async () => {
  const { job, look } = site(':', `case "$*" in *1) ${ended(1)};; *2) ${ended(2)};; esac`);
  const { asked, ...seen } = await look(job(1, true), job(2, false));
  expect(seen).toEqual({ states: { t1: 'COMPLETED', t2: 'COMPLETED' }, complete: true, trouble: [] });
  expect(asked.sort()).toEqual(['1', '2']);
});

it('does not wait for a sacct that hangs, nor speaks of it, while nothing has left the queue', async () => {
  const { job, look } = site(`${runs(1)}; ${waits(2)}`, 'exec sleep 600');
  const { asked: _asked, ...seen } = await look(job(1, true), job(2, false));
  expect(seen).toEqual({ states: { t1: 'RUNNING', t2: 'PENDING' }, complete: true, trouble: [] });
});

it('says that sacct could not be asked where a job has left the queue', async () => {
  const { job, look } = site(':', "echo 'sacct: error: Connection refused' >&2; exit 1");
  const { asked: _asked, ...seen } = await look(job(1, true));
  expect(seen).toEqual({ states: {}, complete: false, trouble: ['sacct could not be asked: sacct: error: Connection refused'] });
});
