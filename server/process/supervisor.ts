import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { thisMachine } from './machine.ts';
import { makeStateFolder, stateFolder } from './state_folder.ts';
import { SupervisedJobs } from './supervised_jobs.ts';
import { acquireSupervisorLock } from './supervisor_lock.ts';

const POLL_MS = 200;
const LINGER_MS = 2000;

/**
 * Runs the jobs of `<stateDir>/scheduler` until the last one has ended and a short while has passed; returns at once when another
 * process does so already. It may be killed at any time: all that it knows is on disk, and the jobs go on without it.
 */
export async function supervise(stateDir: string): Promise<void> {
  const folder = stateFolder(stateDir);
  makeStateFolder(folder);
  // Holds no folder of the person's busy.
  process.chdir(folder.root);
  for (;;) {
    const lock = acquireSupervisorLock(folder);
    if (lock === undefined) return;
    const jobs = new SupervisedJobs(folder, thisMachine());
    let busy = Date.now();
    while (Date.now() < busy + LINGER_MS) {
      // Someone removed the state folder: there is nothing to look after any more.
      if (!existsSync(folder.jobs)) return;
      try {
        if (jobs.step(Date.now())) busy = Date.now();
      } catch (error) {
        // A full disk, say, passes; the jobs must not be left alone for it.
        process.stderr.write(`${new Date().toISOString()} ${error instanceof Error ? error.stack : String(error)}\n`);
        busy = Date.now();
        await sleep(1000);
      }
      await sleep(POLL_MS);
    }
    // Closed first, looked again after: who submits after the look sees it closed, and starts another.
    lock.close();
    if (!jobs.hasJobs(Date.now())) return;
  }
}
