import { rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lock } from 'proper-lockfile';
import { errorCode, fileError, makeFolder } from '../model/files.ts';
import { UserError } from '../model/problem.ts';

const STALE = 20_000;
/** A holder that lives renews the lock this often. */
const RENEWED = 5_000;

/** Waits for a holder that lives some ten seconds; for one that has stopped renewing, until its lock counts as left behind. */
async function acquire(folder: string): Promise<() => Promise<void>> {
  const lockfilePath = join(folder, 'lock');
  for (;;) {
    try {
      const retries = { retries: 12, minTimeout: 100, maxTimeout: 1_000 };
      // By default a lock that somebody took away throws from a timer and ends the whole server. Our work goes on: the journal and
      // the scheduler's own locks keep a job from being submitted twice.
      const onCompromised = (): void => undefined;
      return await lock(folder, { lockfilePath, stale: STALE, update: RENEWED, retries, onCompromised });
    } catch (error) {
      const renewed = statSync(lockfilePath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (errorCode(error) !== 'ELOCKED' || Date.now() - renewed < RENEWED * 1.5) throw error;
    }
  }
}

/** One writer at a time: a second server waits a few seconds, then says so and changes nothing. */
export async function withExperimentLock<T>(experimentDir: string, work: () => Promise<T>): Promise<T> {
  const folder = join(experimentDir, '.runwright');
  const made = makeFolder(folder);
  const release = await acquire(folder).catch((error: unknown) => {
    removeEmpty(folder, made);
    if (errorCode(error) === 'ELOCKED') {
      throw new UserError(
        `${experimentDir}: another runwright is working on this experiment; nothing was changed; call again when it is done ` +
          `(a lock left by a crash frees itself after 20 seconds)`,
      );
    }
    throw fileError(error, folder);
  });
  let refused = true;
  try {
    const result = await work();
    refused = false;
    return result;
  } finally {
    await release().catch(() => undefined);
    if (refused) removeEmpty(folder, made);
  }
}

/** What was refused leaves nothing behind: the folders made for its lock go again, unless something lies in them by now. */
function removeEmpty(folder: string, firstMade: string | undefined): void {
  if (firstMade === undefined) return;
  try {
    for (let path = folder; path.length >= firstMade.length; path = dirname(path)) rmdirSync(path);
  } catch {
    // Somebody else uses it.
  }
}
