import type { JobSighting } from '../clusters/scheduler.ts';
import { expandIds } from './array_id.ts';

/** One line of squeue or sacct: a job by its name, whose token is not known yet. */
export interface JobRow extends Omit<JobSighting, 'token'> {
  name: string;
  /** True for a task that Slurm still keeps in one record with others: `4_[2-5%2]`. */
  unsplit?: boolean;
}

/** Epoch seconds (SLURM_TIME_FORMAT=%s) as ISO; `N/A`, `None`, `Unknown` and 0 are no time. */
export function epochTime(text: string): string | undefined {
  return /^[1-9]\d{0,11}$/.test(text) ? new Date(Number(text) * 1000).toISOString().replace('.000Z', 'Z') : undefined;
}

/** The first fields of a `|` line and the rest: the job's name stands last, so that nothing in it can shift a field. */
export function fieldsOf(line: string, count: number): string[] | undefined {
  const parts = line.split('|');
  if (parts.length < count) return undefined;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join('|')];
}

/** A row for each task that the record stands for. */
export function split(row: JobRow): JobRow[] {
  const ids = expandIds(row.job_id);
  return ids[0] === row.job_id ? [row] : ids.map((job_id) => ({ ...row, job_id, unsplit: true }));
}
