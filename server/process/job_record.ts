import type { BatchHeader } from './batch_header.ts';
import { publish, readIfThere } from './durable_file.ts';
import type { Environment } from './job_environment.ts';
import { numbersIn, type StateFolder } from './state_folder.ts';

/** One submitted job, as it stays for ever. */
export interface JobRecord {
  id: number;
  token: string;
  run: string;
  job_name: string;
  attempt: number;
  run_dir: string;
  script_path: string;
  output_path: string;
  /** ISO time. */
  submitted: string;
  asks: BatchHeader;
  environment: Environment;
}

export function readRecord(folder: StateFolder, id: number): JobRecord | undefined {
  const text = readIfThere(folder.job(id));
  return text === undefined ? undefined : (JSON.parse(text) as JobRecord);
}

/** The job that a token became, or undefined when it became none. */
export function idOfToken(folder: StateFolder, token: string): number | undefined {
  const text = readIfThere(folder.token(token));
  return text === undefined ? undefined : Number(text);
}

/** Writes the record under the next free number. It is no job yet: nobody runs it before its token points at it. */
export function reserve(folder: StateFolder, wanted: Omit<JobRecord, 'id'>): number {
  for (let id = Math.max(0, ...numbersIn(folder.jobs)) + 1; ; id += 1) {
    if (publish(folder.job(id), `${JSON.stringify({ id, ...wanted })}\n`)) return id;
  }
}

/** Makes the reserved number the token's job, unless the token has one: then that one's number. */
export function bindToken(folder: StateFolder, token: string, id: number): number {
  if (publish(folder.token(token), String(id))) return id;
  const bound = idOfToken(folder, token);
  if (bound === undefined) throw new Error(`${folder.token(token)} was removed while it was read`);
  return bound;
}
