import { spawn } from 'node:child_process';
import { makeFolder } from './durable_file.ts';
import { jobEnvironment } from './job_environment.ts';
import type { JobRecord } from './job_record.ts';
import { KILL_WAIT_MS } from './job_stop.ts';
import { RUNNER_SOURCE } from './runner_source.ts';
import type { StateFolder } from './state_folder.ts';

/** Starts the job's runner in a session of its own. `onExit` is told when it ends, or cannot be started. */
export function startJob(folder: StateFolder, record: JobRecord, gpus: readonly number[], gpusThere: number, onExit: () => void): void {
  makeFolder(folder.work(record.id));
  const { script_path, attempt, output_path, run_dir } = record;
  const job = JSON.stringify({ work: folder.work(record.id), script_path, attempt, output_path, run_dir, gpus, grace_ms: KILL_WAIT_MS });
  const runner = spawn(process.execPath, ['-e', RUNNER_SOURCE, '--', job], {
    cwd: folder.root,
    env: jobEnvironment(record, process.env, gpus, gpusThere),
    stdio: 'ignore',
    detached: true,
  });
  runner.on('error', onExit);
  runner.on('exit', onExit);
  runner.unref();
}
