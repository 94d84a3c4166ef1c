import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DevelopmentCluster } from './development_cluster.ts';

/** A folder on the disk that the development cluster's nodes share. */
export function sharedFolder(lab: DevelopmentCluster | undefined, name: string): string {
  const dir = join(lab?.dir ?? '', 'home', lab?.profile.user ?? '', name);
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** The cluster's user owns it from now on. */
export const give = (lab: DevelopmentCluster | undefined, dir: string): void => {
  execFileSync('chown', ['-R', `${lab?.profile.user}:`, dir]);
};
