import { statSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { errorCode, makeFolder } from '../model/files.ts';
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
      return await lock(folder, { lockfilePath, stale: STALE, update: RENEWED, retries });
    } catch (error) {
      const renewed = statSync(lockfilePath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (errorCode(error) !== 'ELOCKED' || Date.now() - renewed < RENEWED * 1.5) throw error;
    }
  }
}

/** One writer at a time: a second server waits a few seconds, then says so and changes nothing. */
export async function withExperimentLock<T>(experimentDir: string, work: () => Promise<T>): Promise<T> {
  const folder = join(experimentDir, '.runwright');
  makeFolder(folder);
  const release = await acquire(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ELOCKED') {
      throw new UserError(
        `${experimentDir}: another runwright is working on this experiment; nothing was changed; call again when it is done ` +
          `(a lock left by a crash frees itself after 20 seconds)`,
      );
    }
    if (errorCode(error) === 'EACCES' || errorCode(error) === 'EROFS') {
      throw new UserError(`${folder}: no permission to write there; make the folder writable for you (chmod u+w)`);
    }
    throw error;
  });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}
