import { publish, readIfThere } from './durable_file.ts';
import { isMarked, type JobFacts } from './job_files.ts';
import type { JobRecord } from './job_record.ts';
import { isAlive, readIdentity } from './process_identity.ts';
import { belowProcess, type ProcessRow, processTable, signalAll, stillThere } from './process_tree.ts';
import type { StateFolder } from './state_folder.ts';

/** Between TERM and KILL. */
export const KILL_WAIT_MS = 5000;

/** How far the stopping of one job has come; in memory alone, since starting over does no harm. */
export interface Stopping {
  since: number;
  told: readonly ProcessRow[];
}

/** Writes down that, and why, a running job is to stop, when it is time. */
export function decideStop(folder: StateFolder, record: JobRecord, facts: JobFacts, now: number): boolean {
  if (facts.stop !== undefined) return true;
  if (facts.claim === undefined) return false;
  const limit = record.asks.time_seconds;
  const overdue = limit !== undefined && now >= Date.parse(facts.claim.at) + limit * 1000;
  if (!facts.cancel && !overdue) return false;
  publish(folder.work(record.id, 'stop'), facts.cancel ? 'cancel' : 'timeout');
  return true;
}

/** TERM to everything that the job has started, KILL after the wait. */
export function pressStop(runner: number, stopping: Stopping | undefined, now: number): Stopping {
  if (stopping === undefined) {
    const told = belowProcess(runner, processTable());
    signalAll(told, 'SIGTERM');
    return { since: now, told };
  }
  if (now >= stopping.since + KILL_WAIT_MS) {
    const table = processTable();
    signalAll([...belowProcess(runner, table), ...stillThere(stopping.told, table)], 'SIGKILL');
  }
  return stopping;
}

/** The script is gone: true once those of its children that had left its group are gone too, by KILL after the wait. */
export function isSweptAway(stopping: Stopping, now: number): boolean {
  const left = stillThere(stopping.told, processTable());
  if (left.length > 0 && now >= stopping.since + KILL_WAIT_MS) signalAll(left, 'SIGKILL');
  return left.length === 0;
}

/** The script of a job whose runner was killed: nobody would write down how it ends, so it ends now. */
export function killOrphan(folder: StateFolder, id: number): void {
  const text = readIfThere(folder.work(id, 'child'));
  const script = text === undefined ? undefined : readIdentity(text);
  if (script === undefined || !isAlive(script)) return;
  const table = processTable();
  signalAll([...belowProcess(script.pid, table), ...table.filter((row) => row.group === script.pid)], 'SIGKILL');
}

/**
 * `#SBATCH --signal=B:USR1@60`: tells the script's shell, once. A job of less than twice that time is told at its half: a shell that has
 * just started does not listen yet, and would die of the signal.
 */
export function warn(folder: StateFolder, record: JobRecord, facts: JobFacts, now: number): void {
  const { warning, time_seconds } = record.asks;
  if (warning === undefined || time_seconds === undefined || facts.claim === undefined) return;
  if (
    now < Date.parse(facts.claim.at) + Math.max(time_seconds - warning.seconds, time_seconds / 2) * 1000 ||
    isMarked(folder, record.id, 'warned')
  )
    return;
  const script = readIdentity(readIfThere(folder.work(record.id, 'child')) ?? '');
  if (script === undefined || !publish(folder.work(record.id, 'warned'), warning.signal)) return;
  if (isAlive(script)) signalAll([{ pid: script.pid, parent: 0, group: 0 }], warning.signal);
}
