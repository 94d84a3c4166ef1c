import type { JobState } from '../model/job_state.ts';

/** `exit.json`: what the job itself wrote of its end; of a task that never started, what cancelling it wrote. */
export interface ExitRecord {
  job_id: string;
  attempt: string;
  exit_code: number;
  signal?: string;
  time_limit_near: boolean;
  unstarted?: boolean;
  started?: string;
  ended?: string;
  host?: string;
}

/** undefined for anything that is not such a record: a file of a run's folder can hold anything. */
export function readExitRecord(text: string): ExitRecord | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  const field = (name: string): unknown => (read as Record<string, unknown>)[name];
  const word = (name: string): string | undefined => {
    const value = field(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const job_id = word('job_id');
  const exit_code = field('exit_code');
  if (job_id === undefined || typeof exit_code !== 'number' || !Number.isInteger(exit_code)) return undefined;
  const record: ExitRecord = { job_id, attempt: word('attempt') ?? '', exit_code, time_limit_near: field('time_limit_near') === true };
  if (field('unstarted') === true) record.unstarted = true;
  for (const name of ['signal', 'started', 'ended', 'host'] as const) {
    const value = word(name);
    if (value !== undefined) record[name] = value;
  }
  return record;
}

/** The state that Slurm would have shown, as far as the job itself could tell. */
export function stateOfRecord({ exit_code, signal, time_limit_near, unstarted }: ExitRecord): JobState {
  if (unstarted === true) return 'CANCELLED';
  if (exit_code === 0) return 'COMPLETED';
  if (signal === 'TERM') return time_limit_near ? 'TIMEOUT' : 'CANCELLED';
  return 'FAILED';
}
