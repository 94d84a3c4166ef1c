import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { makeFolder, publish, readIfThere } from './durable_file.ts';
import type { JobRecord } from './job_record.ts';
import { KILL_WAIT_MS } from './job_stop.ts';
import { RUNNER_SOURCE } from './runner_source.ts';
import type { StateFolder } from './state_folder.ts';

type Environment = Record<string, string | undefined>;

/** What Slurm tells a batch job of itself. SLURM_RESTART_COUNT stays unset: nothing is requeued. */
export function jobEnvironment(record: JobRecord, submitted: Environment, gpus: readonly number[], gpusThere: number): Environment {
  // The server may itself run inside a job of a real Slurm.
  const own = Object.entries(submitted).filter(([name]) => !/^(SLURM|SLURMD|SBATCH)_/.test(name) && name !== 'SLURM_JOBID');
  return {
    ...Object.fromEntries(own),
    SLURM_JOB_ID: String(record.id),
    SLURM_JOBID: String(record.id),
    SLURM_JOB_NAME: record.job_name,
    SLURM_SUBMIT_DIR: record.run_dir,
    SLURM_CPUS_PER_TASK: String(record.asks.cpus_per_task),
    SLURM_CPUS_ON_NODE: String(record.asks.cpus),
    SLURM_JOB_NODELIST: 'localhost',
    SLURM_JOB_NUM_NODES: '1',
    SLURM_NNODES: '1',
    // A job that asked for no GPU must not use one that another job was given.
    ...(gpusThere > 0 ? { CUDA_VISIBLE_DEVICES: gpus.join(',') } : {}),
    ...(gpus.length > 0 ? { SLURM_JOB_GPUS: gpus.join(',') } : {}),
  };
}

/** The submitter's environment waits on disk, readable by its owner alone, until the job has started. */
export function keepEnvironment(folder: StateFolder, id: number, environment: Environment): void {
  makeFolder(folder.work(id));
  publish(folder.work(id, 'environment.json'), JSON.stringify(environment));
}

export const forgetEnvironment = (folder: StateFolder, id: number): void => rmSync(folder.work(id, 'environment.json'), { force: true });

/** Starts the job's runner in a session of its own. `onExit` is told when it ends, or cannot be started. */
export function startJob(folder: StateFolder, record: JobRecord, gpus: readonly number[], gpusThere: number, onExit: () => void): void {
  const kept = readIfThere(folder.work(record.id, 'environment.json'));
  const submitted = kept === undefined ? process.env : (JSON.parse(kept) as Environment);
  makeFolder(folder.work(record.id));
  const { script_path, attempt, output_path, run_dir } = record;
  const job = JSON.stringify({ work: folder.work(record.id), script_path, attempt, output_path, run_dir, gpus, grace_ms: KILL_WAIT_MS });
  const runner = spawn(process.execPath, ['-e', RUNNER_SOURCE, '--', job], {
    cwd: folder.root,
    env: jobEnvironment(record, submitted, gpus, gpusThere),
    stdio: 'ignore',
    detached: true,
  });
  runner.on('error', onExit);
  runner.on('exit', onExit);
  runner.unref();
}
