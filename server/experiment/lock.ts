import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { errorCode, makeFolder } from '../model/files.ts';
import { UserError } from '../model/problem.ts';

/** One writer at a time: a second server waits a few seconds, then says so and changes nothing. */
export async function withExperimentLock<T>(experimentDir: string, work: () => Promise<T>): Promise<T> {
  const folder = join(experimentDir, '.runwright');
  makeFolder(folder);
  const release = await lock(folder, {
    lockfilePath: join(folder, 'lock'),
    stale: 20_000,
    update: 5_000,
    retries: { retries: 12, minTimeout: 100, maxTimeout: 1_000 },
  }).catch((error: unknown) => {
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
