import { mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));

/** `.demo/2025-10-20_14-03-11`; a second demo in the same second gets `-2`. */
export function newDemoFolder(now: Date, parent = join(process.cwd(), '.demo')): string {
  mkdirSync(parent, { recursive: true });
  const stamp = now.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
  for (let count = 1; ; count++) {
    const folder = join(realpathSync(parent), count === 1 ? stamp : `${stamp}-${count}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
