import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { publish, readIfThere } from './durable_file.ts';
import { identify, isAlive, readIdentity } from './process_identity.ts';
import { numbersIn, type StateFolder } from './state_folder.ts';

/**
 * At most one supervisor. Each takes the next number, and may only when the holder of the highest is dead or has closed;
 * a number is created exclusively and the newest ones are never removed, so nothing has to be stolen or cleaned up after kill -9.
 */
export interface SupervisorLock {
  /** From now on whoever submits starts a new supervisor. */
  close(): void;
}

const KEPT = 16;
const closedMark = (folder: StateFolder, number: number): string => join(folder.supervisors, `${number}.closed`);
const highest = (folder: StateFolder): number => Math.max(0, ...numbersIn(folder.supervisors));

function isHeld(folder: StateFolder, number: number): boolean {
  const text = number > 0 ? readIfThere(join(folder.supervisors, String(number))) : undefined;
  const holder = text === undefined ? undefined : readIdentity(text);
  return holder !== undefined && readIfThere(closedMark(folder, number)) === undefined && isAlive(holder);
}

/** The supervisor's process number, or undefined when nobody supervises. */
export function supervisorPid(folder: StateFolder): number | undefined {
  const number = highest(folder);
  if (!isHeld(folder, number)) return undefined;
  return readIdentity(readIfThere(join(folder.supervisors, String(number))) ?? '')?.pid;
}

/** Undefined when another process supervises. */
export function acquireSupervisorLock(folder: StateFolder): SupervisorLock | undefined {
  const self = identify(process.pid);
  if (self === undefined) throw new Error(`cannot read when process ${process.pid} started`);
  for (;;) {
    const last = highest(folder);
    if (isHeld(folder, last)) return undefined;
    const mine = last + 1;
    if (!publish(join(folder.supervisors, String(mine)), JSON.stringify(self))) continue;
    // Whoever listed the numbers long ago may have created one that has since been outgrown and removed.
    if (highest(folder) !== mine) {
      rmSync(join(folder.supervisors, String(mine)), { force: true });
      continue;
    }
    for (const old of numbersIn(folder.supervisors).filter((number) => number <= mine - KEPT)) {
      rmSync(join(folder.supervisors, String(old)), { force: true });
      rmSync(closedMark(folder, old), { force: true });
    }
    return { close: () => void publish(closedMark(folder, mine), '') };
  }
}
