import { posix } from 'node:path';
import type { JobRef } from '../clusters/scheduler.ts';
import type { Attempt } from '../experiment/attempts.ts';

/** What a scheduler needs to find the job of an attempt. `root` is the experiment's folder on the cluster. */
export function jobRef(root: string, run: string, attempt: Attempt): JobRef {
  return {
    token: attempt.token,
    job_name: attempt.job_name,
    ...(attempt.job_id === undefined ? {} : { job_id: attempt.job_id }),
    ...(attempt.task === undefined ? {} : { task: attempt.task }),
    run_dir: posix.join(root, run),
    attempt: attempt.attempt,
    output_path: outputPath(root, run, attempt.attempt),
    since: attempt.since,
    may_have_ended: attempt.state !== 'PENDING',
  };
}

/** Where the job writes its output. */
export const outputPath = (root: string, run: string, attempt: number): string => posix.join(root, run, 'logs', `attempt-${attempt}.out`);
