import type { Connection } from '../clusters/connection.ts';
import type { Scheduler } from '../clusters/scheduler.ts';
import { uploadFiles } from '../clusters/upload.ts';
import { cancelJobs } from './cancel.ts';
import { observeJobs } from './observe.ts';
import { submitJobs } from './submit.ts';
import { tryScripts } from './trial.ts';

/** A real Slurm behind a connection: one command for each question, whatever the number of jobs. */
export function createSlurmScheduler(connection: Connection, options: { now?: () => Date } = {}): Scheduler {
  const now = options.now ?? (() => new Date());
  return {
    name: 'slurm',
    upload: async (root, files, signal) => {
      await uploadFiles(connection, root, files, signal);
    },
    trial: (scripts, signal) => tryScripts(connection, scripts, signal),
    submit: (submissions, signal) => submitJobs(connection, submissions, signal),
    observe: (jobs, { metrics_file, signal }) =>
      observeJobs(connection, jobs, { metrics_file, now, ...(signal === undefined ? {} : { signal }) }),
    cancel: (jobs, signal) => cancelJobs(connection, jobs, signal),
  };
}
