import type { JobState } from '../model/job_state.ts';

/** Where an attempt stands in an array: submissions with one `token` go to Slurm as one job. */
export interface ArrayPlace {
  /** Unique for ever; the array's name ends with it. */
  token: string;
  task: number;
  /** The most tasks of the array that run at once. */
  throttle?: number;
}

/** One attempt to be submitted. `token` is unique for ever; the job's name ends with it, or with its array's. */
export interface Submission {
  run: string;
  attempt: number;
  token: string;
  job_name: string;
  /** Absolute on the cluster. */
  run_dir: string;
  script_path: string;
  output_path: string;
  /** The script's text, which the file at `script_path` must still hold when a task of an array starts. */
  script?: string;
  array?: ArrayPlace;
}

export type SubmissionOutcome =
  /** The scheduler has the job (perhaps from an earlier try). */
  | { kind: 'submitted'; token: string; job_id: string }
  /** The scheduler said no, in its own words: there is no job. `no_room`: only because the user has too many jobs there already. */
  | { kind: 'refused'; token: string; message: string; transient: boolean; no_room?: boolean }
  /** Nobody can tell yet whether there is a job. */
  | { kind: 'uncertain'; token: string; message: string };

export interface JobRef {
  token: string;
  job_name: string;
  job_id?: string;
  /** Its index, when it is a task of an array: all of them have one name. */
  task?: number;
  run_dir: string;
  attempt: number;
  output_path: string;
  /** ISO time of the intent. */
  since: string;
  /** False while it was last seen to wait: then the accounting is asked only if it has left the queue. */
  may_have_ended?: boolean;
}

export interface JobSighting {
  token: string;
  job_id: string;
  state: JobState;
  /** Slurm's pending reason, `None` left out. */
  reason?: string;
  /** `3:0` as Slurm writes it. */
  exit_code?: string;
  node?: string;
  /** ISO times on the cluster's clock. */
  submitted?: string;
  started?: string;
  ended?: string;
  /** When Slurm expects a job that waits to start; it changes with every look. */
  expected_start?: string;
}

export interface Observation {
  /** By token. A job missing here was not seen, and `complete` says whether that means anything. */
  jobs: ReadonlyMap<string, JobSighting>;
  /** True when every witness answered: then "not there" is a healthy answer. */
  complete: boolean;
  /** What could not be asked, in a sentence each. */
  trouble: readonly string[];
  /** Tails of the job's files, by token, for jobs asked for with `tails`. */
  tails: ReadonlyMap<string, Tails>;
}

export interface Tails {
  metrics: string;
  output: string;
  /** Seconds since either of them grew, on the cluster's clock; absent when that could not be told. */
  quiet_seconds?: number;
}

export interface Trial {
  /** Undefined when the scheduler would take the script. */
  fault?: string;
  /** Nodes that are drained or down, where they alone may be the fault: then the scheduler would take the job, and it would wait. */
  out_of_service?: string;
  /** Expected start on the cluster's clock, ISO, where the scheduler tells. */
  expected_start?: string;
}

/** Submits, watches and cancels. Both schedulers keep one promise: a token never becomes two jobs. */
export interface Scheduler {
  readonly name: 'slurm' | 'process';
  /** Puts files below `root`; existing files with equal content stay untouched. */
  upload(root: string, files: readonly { path: string; content: string }[], signal?: AbortSignal): Promise<void>;
  /** Would the scheduler take these scripts? By their text: nothing need be uploaded. */
  trial(scripts: readonly string[], signal?: AbortSignal): Promise<readonly Trial[]>;
  submit(submissions: readonly Submission[], signal?: AbortSignal): Promise<readonly SubmissionOutcome[]>;
  observe(jobs: readonly JobRef[], options: { metrics_file: string; signal?: AbortSignal }): Promise<Observation>;
  cancel(jobs: readonly JobRef[], signal?: AbortSignal): Promise<ReadonlyMap<string, string | undefined>>;
}
