import { join } from 'node:path';
import type { JobRef, JobSighting, Observation, Scheduler, Tails, Trial } from '../clusters/scheduler.ts';
import { makeFolder, publish } from './durable_file.ts';
import { fileTail, quietSeconds } from './file_tail.ts';
import { isoSeconds, readJob } from './job_files.ts';
import { idOfToken, readRecord } from './job_record.ts';
import { hasEnded, sightingOf } from './job_sighting.ts';
import { asksOf, readScript, submitJob } from './job_submission.ts';
import { uploadHere } from './local_upload.ts';
import { type Machine, thisMachine } from './machine.ts';
import { makeStateFolder, numbersIn, stateFolder } from './state_folder.ts';
import { supervisorStart } from './supervisor_start.ts';

export interface ProcessSchedulerOptions {
  /** `$XDG_STATE_HOME/runwright`; the scheduler's own folder lies in it. */
  stateDir: string;
  /** The argv that starts the supervisor; `stateDir` is added as its last word. */
  supervisorCommand: readonly string[];
  clock?: () => Date;
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `finetune.slurm` as processes on this machine, behind the same seam as a real Slurm. */
export function createProcessScheduler(options: ProcessSchedulerOptions): Scheduler {
  const { stateDir, supervisorCommand, clock = () => new Date() } = options;
  const folder = stateFolder(stateDir);
  const supervisor = supervisorStart(folder, stateDir, supervisorCommand);

  /** The job's number, by its token. A job_id alone is not trusted: it may be of another state folder. */
  const find = (job: JobRef): number | undefined => idOfToken(folder, job.token);

  function see(job: JobRef): JobSighting | undefined {
    const id = find(job);
    const record = id === undefined ? undefined : readRecord(folder, id);
    return record === undefined ? undefined : sightingOf(record, readJob(folder, record.id));
  }

  function isIdle(machine: Machine, cpus: number, gpus: number): boolean {
    const ended = new Set(numbersIn(folder.ends));
    const open = numbersIn(folder.jobs).filter((id) => !ended.has(id));
    const asks = open.flatMap((id) => {
      const record = readRecord(folder, id);
      return record !== undefined && idOfToken(folder, record.token) === id ? [record.asks] : [];
    });
    const sum = (of: 'cpus' | 'gpus'): number => asks.reduce((total, one) => total + one[of], 0);
    return sum('cpus') + cpus <= machine.cpus && sum('gpus') + gpus <= machine.gpus;
  }

  function tryScript(script: string): Trial {
    // A script's text has lines; anything else is the path of one.
    const read = script.includes('\n') ? { text: script } : readScript(script);
    if ('fault' in read) return read;
    const machine = thisMachine();
    const asks = asksOf(read.text, machine);
    if ('fault' in asks) return asks;
    return isIdle(machine, asks.cpus, asks.gpus) ? { expected_start: isoSeconds(clock()) } : {};
  }

  return {
    name: 'process',
    upload: uploadHere,

    async trial(scripts, signal) {
      signal?.throwIfAborted();
      return scripts.map(tryScript);
    },

    async submit(submissions, signal) {
      signal?.throwIfAborted();
      try {
        makeStateFolder(folder);
      } catch (error) {
        const message = `The embedded scheduler cannot make its folder ${folder.root}: ${words(error)}`;
        return submissions.map(({ token }) => ({ kind: 'refused', token, message, transient: true }));
      }
      const machine = thisMachine();
      const outcomes = submissions.map((wanted) => submitJob(folder, wanted, machine, clock()));
      // Should this fail, the jobs are recorded all the same; the next look tries again and says so.
      if (outcomes.some(({ kind }) => kind === 'submitted')) supervisor.ensure();
      return outcomes;
    },

    async observe(jobs, { metrics_file, signal }) {
      signal?.throwIfAborted();
      const seen = new Map<string, JobSighting>();
      const tails = new Map<string, Tails>();
      const trouble: string[] = [];
      let complete = true;
      try {
        for (const job of jobs) {
          const sighting = see(job);
          if (sighting !== undefined) seen.set(job.token, sighting);
        }
        if ([...seen.values()].some((sighting) => !hasEnded(sighting))) {
          const fault = supervisor.ensure();
          if (fault !== undefined) trouble.push(fault);
        }
      } catch (error) {
        complete = false;
        trouble.push(`the embedded scheduler's records in ${folder.root} could not be read: ${words(error)}`);
      }
      for (const job of jobs) {
        if (!seen.has(job.token) || seen.get(job.token)?.state === 'PENDING') continue;
        signal?.throwIfAborted();
        const files = [join(job.run_dir, metrics_file), job.output_path];
        const [metrics = '', output = ''] = await Promise.all(files.map((path) => fileTail(path)));
        tails.set(job.token, { metrics, output, ...quietSeconds(files, clock()) });
      }
      return { jobs: seen, complete, trouble, tails } satisfies Observation;
    },

    async cancel(jobs, signal) {
      signal?.throwIfAborted();
      const answers = new Map<string, string | undefined>();
      for (const job of jobs) {
        try {
          answers.set(job.token, cancelOne(job));
        } catch (error) {
          answers.set(job.token, `the embedded scheduler could not record that the job is to be cancelled: ${words(error)}`);
        }
      }
      return answers;
    },
  };

  function cancelOne(job: JobRef): string | undefined {
    const id = find(job);
    if (id === undefined) return `the embedded scheduler has no job named ${job.job_name}; nothing was cancelled`;
    if (readJob(folder, id).end !== undefined) return undefined;
    makeFolder(folder.work(id));
    publish(folder.work(id, 'cancel'), '');
    return supervisor.ensure();
  }
}
