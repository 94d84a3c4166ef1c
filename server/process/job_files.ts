import { statSync } from 'node:fs';
import { isMissing, publish, readIfThere } from './durable_file.ts';
import type { JobOutcome, ScriptExit, StopCause } from './job_outcome.ts';
import { isAlive, type ProcessIdentity, readIdentity } from './process_identity.ts';
import type { StateFolder, WorkFile } from './state_folder.ts';

export interface JobEnd extends JobOutcome {
  /** ISO times. */
  started?: string;
  ended: string;
}

/** Everything that the disk and the process table tell of one job. */
export interface JobFacts {
  end?: JobEnd;
  exit?: { how: ScriptExit; at: string };
  claim?: { runner: ProcessIdentity; gpus: readonly number[]; at: string };
  /** The runner that claimed it lives. */
  running: boolean;
  /** A person asked to cancel. */
  cancel: boolean;
  stop?: { cause: StopCause };
}

export const isoSeconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');

/** When a file was published. */
function timeOf(path: string): Date | undefined {
  try {
    return statSync(path).mtime;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export const isMarked = (folder: StateFolder, id: number, file: WorkFile): boolean => timeOf(folder.work(id, file)) !== undefined;

function readWork(folder: StateFolder, id: number, file: WorkFile): { text: string; at: string } | undefined {
  const path = folder.work(id, file);
  const text = readIfThere(path);
  const time = text === undefined ? undefined : timeOf(path);
  return text === undefined || time === undefined ? undefined : { text, at: time.toISOString() };
}

export function readJob(folder: StateFolder, id: number): JobFacts {
  const end = readIfThere(folder.end(id));
  if (end !== undefined) return { end: JSON.parse(end) as JobEnd, running: false, cancel: false };
  const claim = readWork(folder, id, 'claim');
  const runner = claim === undefined ? undefined : readIdentity(claim.text);
  // Asked before the exit file is read: a runner that ends in between has written its word by then.
  const running = runner !== undefined && isAlive(runner);
  const exit = readWork(folder, id, 'exit');
  const stop = readWork(folder, id, 'stop');
  return {
    running,
    cancel: isMarked(folder, id, 'cancel'),
    ...(claim === undefined || runner === undefined
      ? {}
      : { claim: { runner, gpus: (JSON.parse(claim.text) as { gpus?: number[] }).gpus ?? [], at: claim.at } }),
    ...(exit === undefined ? {} : { exit: { how: JSON.parse(exit.text) as ScriptExit, at: exit.at } }),
    // A script that ended before it was told to stop ended by itself.
    ...(stop === undefined || (exit !== undefined && exit.at < stop.at) ? {} : { stop: { cause: stop.text as StopCause } }),
  };
}

export function writeEnd(folder: StateFolder, id: number, end: JobEnd): void {
  publish(folder.end(id), `${JSON.stringify(end)}\n`);
}
