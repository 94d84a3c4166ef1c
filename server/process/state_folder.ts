import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '../model/digest.ts';
import { isMissing, makeFolder } from './durable_file.ts';

/**
 * Where the embedded scheduler keeps what it knows. Every file has one writer and is published whole:
 *
 *   jobs/<id>.json        what was submitted; never changed, never removed, so that an id is never used again
 *   tokens/<digest>       the id that a token became; only a job that its token points at exists
 *   work/<id>/            claim, child, exit: the runner's; cancel: whoever cancels; stop, warned: the supervisor's
 *   ends/<id>.json        how it ended: the supervisor's last word
 *   supervisors/<n>       who supervises: the highest number, as long as that process lives
 */
export interface StateFolder {
  readonly root: string;
  readonly jobs: string;
  readonly ends: string;
  readonly supervisors: string;
  readonly log: string;
  job(id: number): string;
  end(id: number): string;
  token(token: string): string;
  work(id: number, file?: WorkFile): string;
}

export type WorkFile = 'claim' | 'child' | 'exit' | 'cancel' | 'stop' | 'warned';

export function stateFolder(stateDir: string): StateFolder {
  const root = join(stateDir, 'scheduler');
  return {
    root,
    jobs: join(root, 'jobs'),
    ends: join(root, 'ends'),
    supervisors: join(root, 'supervisors'),
    log: join(root, 'supervisor.log'),
    job: (id) => join(root, 'jobs', `${id}.json`),
    end: (id) => join(root, 'ends', `${id}.json`),
    // A digest is a file's name on every file system, whatever the token looks like.
    token: (token) => join(root, 'tokens', digest(token)),
    work: (id, file) => (file === undefined ? join(root, 'work', String(id)) : join(root, 'work', String(id), file)),
  };
}

export function makeStateFolder(folder: StateFolder): void {
  for (const name of ['jobs', 'tokens', 'work', 'ends', 'supervisors']) makeFolder(join(folder.root, name));
}

/** The numbers that name files of `path` (`7` or `7.json`), unsorted; none when there is no such folder. */
export function numbersIn(path: string): number[] {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return names.filter((name) => /^\d{1,15}(\.json)?$/.test(name)).map((name) => Number.parseInt(name, 10));
}
