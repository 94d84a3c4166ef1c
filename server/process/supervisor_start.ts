import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { identify } from './process_identity.ts';
import type { StateFolder } from './state_folder.ts';
import { supervisorPid } from './supervisor_lock.ts';

/** Sees to it that a supervisor runs, detached: it outlives whoever starts it. */
export interface SupervisorStart {
  /** What is wrong when none could be started, in a sentence. */
  ensure(): string | undefined;
}

export function supervisorStart(folder: StateFolder, stateDir: string, command: readonly string[]): SupervisorStart {
  let starting: ChildProcess | undefined;
  let trouble: string | undefined;
  return {
    ensure() {
      if (supervisorPid(folder) !== undefined) {
        trouble = undefined;
        return undefined;
      }
      // One that is on its way has not taken its place yet; one that was killed may not have been heard of yet.
      if (starting?.pid !== undefined && identify(starting.pid) !== undefined) return trouble;
      const [program = process.execPath, ...words] = command;
      const log = openSync(folder.log, 'a', 0o600);
      const child = spawn(program, [...words, stateDir], { stdio: ['ignore', log, log], detached: true });
      closeSync(log);
      starting = child;
      const failed = (why: string): void => {
        trouble = `the embedded scheduler's supervisor could not be started (${why}); read ${folder.log}`;
      };
      child.on('error', (error) => {
        starting = undefined;
        failed(error.message);
      });
      child.on('exit', (code, signal) => {
        if (starting === child) starting = undefined;
        if (code !== 0 && signal === null) failed(`it ended with code ${code}`);
      });
      child.unref();
      return trouble;
    },
  };
}
