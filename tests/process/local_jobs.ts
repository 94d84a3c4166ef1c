import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { JobRef, JobSighting, Scheduler, Submission } from '../../server/clusters/scheduler.ts';
import { createProcessScheduler } from '../../server/process/process_scheduler.ts';
import { stateFolder } from '../../server/process/state_folder.ts';
import { supervisorPid } from '../../server/process/supervisor_lock.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** One bundled file, as the product has it: it starts in a tenth of the time that tsx takes. */
export function bundled(entry: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'runwright-bundle-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, entry.replace(/\.ts$/, '.mjs'));
  buildSync({ entryPoints: [join(here, entry)], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}

let supervisor: string | undefined;
export const supervisorCommand = (): string[] => {
  supervisor ??= bundled('supervise_main.ts');
  return [process.execPath, supervisor];
};

/** A state folder, runs beside it, and a scheduler over both. */
export class LocalJobs {
  readonly dir = mkdtempSync(join(tmpdir(), 'runwright-process-'));
  readonly stateDir = join(this.dir, 'state');
  readonly folder = stateFolder(this.stateDir);
  readonly scheduler: Scheduler = this.anotherScheduler();

  anotherScheduler(): Scheduler {
    return createProcessScheduler({ stateDir: this.stateDir, supervisorCommand: supervisorCommand() });
  }

  submission(run: string, body: string, header: readonly string[] = []): Submission {
    const run_dir = join(this.dir, run);
    mkdirSync(join(run_dir, 'logs'), { recursive: true });
    const script_path = join(run_dir, 'finetune.slurm');
    writeFileSync(script_path, ['#!/bin/bash', ...header.map((line) => `#SBATCH ${line}`), '', body, ''].join('\n'));
    const output_path = join(run_dir, 'logs', 'attempt-1.out');
    return { run, attempt: 1, token: `token-of-${run}`, job_name: `rw-${run}`, run_dir, script_path, output_path };
  }

  async submit(run: string, body: string, header: readonly string[] = []): Promise<JobRef> {
    const submission = this.submission(run, body, header);
    const [outcome] = await this.scheduler.submit([submission]);
    if (outcome?.kind !== 'submitted') throw new Error(JSON.stringify(outcome));
    return this.ref(submission, outcome.job_id);
  }

  ref({ token, job_name, run_dir, attempt, output_path }: Submission, job_id: string): JobRef {
    return { token, job_name, run_dir, attempt, output_path, job_id, since: '2025-10-20T13:58:00Z' };
  }

  async sighting(job: JobRef): Promise<JobSighting | undefined> {
    return (await this.scheduler.observe([job], { metrics_file: 'metrics.jsonl' })).jobs.get(job.token);
  }

  /** The first sighting that `wanted` accepts. */
  async until(job: JobRef, wanted: (sighting: JobSighting) => boolean): Promise<JobSighting> {
    const last = { sighting: undefined as JobSighting | undefined };
    await eventually(
      async () => {
        last.sighting = await this.sighting(job);
        return last.sighting !== undefined && wanted(last.sighting);
      },
      `${job.job_name}: ${JSON.stringify(last.sighting)}`,
    );
    if (last.sighting === undefined) throw new Error('never seen');
    return last.sighting;
  }

  ended = (job: JobRef): Promise<JobSighting> => this.until(job, (sighting) => sighting.ended !== undefined);
  running = (job: JobRef): Promise<JobSighting> => this.until(job, (sighting) => sighting.state === 'RUNNING');
  supervisor = (): number | undefined => supervisorPid(this.folder);
  read = (run: string, file: string): string => readFileSync(join(this.dir, run, file), 'utf8');
  output = (run: string): string => this.read(run, 'logs/attempt-1.out');
  remove = (): Promise<void> => rm(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until; await sleep(50)) {
    if (await holds()) return;
  }
  throw new Error(`waited 20 seconds in vain: ${what}`);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
