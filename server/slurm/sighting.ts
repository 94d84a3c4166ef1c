import type { JobRef, JobSighting } from '../clusters/scheduler.ts';
import type { JobState } from '../model/job_state.ts';
import { taskOf } from './array_id.ts';
import { type ExitRecord, stateOfRecord } from './exit_record.ts';
import type { JobRow } from './job_row.ts';
import { newest } from './sacct.ts';
import { hasEnded } from './states.ts';

export interface Witnesses {
  squeue: ReadonlyMap<string, readonly JobRow[]>;
  sacct: ReadonlyMap<string, readonly JobRow[]>;
  /** True when squeue answered: then a job that is not in it is not in the queue. */
  squeue_healthy: boolean;
  /** True when sacct, which this site has, did not answer: later it may tell more. */
  sacct_silent: boolean;
}

/** After these Slurm may start the job again under its id, and for seconds sacct knows the first end alone; only squeue tells. */
const STARTED_AGAIN: ReadonlySet<JobState> = new Set<JobState>(['NODE_FAIL', 'PREEMPTED', 'BOOT_FAIL']);

const keyOf = (name: string, task: number | undefined): string => (task === undefined ? name : `${name}\n${task}`);

/** Rows by job name and task: names are never used twice, ids are. */
export function byName(rows: readonly JobRow[]): ReadonlyMap<string, readonly JobRow[]> {
  const named = new Map<string, JobRow[]>();
  for (const row of rows) {
    const key = keyOf(row.name, taskOf(row.job_id));
    const known = named.get(key);
    if (known === undefined) named.set(key, [row]);
    else known.push(row);
  }
  return named;
}

/** What the three witnesses say of one job together; undefined when none has seen it. */
export function sighting(ref: JobRef, witnesses: Witnesses, record: ExitRecord | undefined): JobSighting | undefined {
  const ours = (rows: readonly JobRow[] | undefined): JobRow | undefined =>
    newest((rows ?? []).filter((row) => ref.job_id === undefined || row.job_id === ref.job_id));
  const key = keyOf(ref.job_name, ref.task ?? taskOf(ref.job_id ?? ''));
  const queued = ours(witnesses.squeue.get(key));
  const accounted = ours(witnesses.sacct.get(key));
  const id = queued?.job_id ?? accounted?.job_id ?? ref.job_id;
  const own = record !== undefined && (id === undefined || record.job_id === id) ? record : undefined;

  if (queued !== undefined) {
    const exit_code = hasEnded(queued.state) ? (accounted?.exit_code ?? exitCodeOf(own)) : undefined;
    return { ...withoutName(queued), ...(exit_code === undefined ? {} : { exit_code }), token: ref.token };
  }
  // Of a job that is not in squeue, sacct tells only the end. That it waits or runs it may show long after: slurmdbd lags, and of
  // a job that a crash of slurmctld lost it shows so for ever.
  if (accounted !== undefined && hasEnded(accounted.state) && (witnesses.squeue_healthy || !STARTED_AGAIN.has(accounted.state)))
    return { ...withoutName(accounted), token: ref.token };
  if (own === undefined || !witnesses.squeue_healthy || (witnesses.sacct_silent && endedBySignal(own))) return undefined;
  return { ...fromRecord(own), token: ref.token };
}

/** Preempted, cancelled, at its deadline, out of memory: Slurm knows which, the job felt only the signal. */
const endedBySignal = ({ signal, exit_code }: ExitRecord): boolean => signal !== undefined || exit_code > 128;

const exitCodeOf = (record: ExitRecord | undefined): string | undefined => (record === undefined ? undefined : `${record.exit_code}:0`);

function withoutName({ name: _name, unsplit: _unsplit, ...row }: JobRow): Omit<JobSighting, 'token'> {
  return row;
}

function fromRecord(record: ExitRecord): Omit<JobSighting, 'token'> {
  const { job_id, started, ended, host } = record;
  return {
    job_id,
    state: stateOfRecord(record),
    exit_code: `${record.exit_code}:0`,
    ...(started === undefined ? {} : { started }),
    ...(ended === undefined ? {} : { ended }),
    ...(host === undefined ? {} : { node: host }),
  };
}
