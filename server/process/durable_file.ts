import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
const isTaken = (error: unknown): boolean => codeOf(error) === 'EEXIST';

let serial = 0;

function writeTemporary(path: string, text: string, mode: number): string {
  serial += 1;
  const temporary = `${path}.tmp-${process.pid}-${serial}`;
  // A leftover of an earlier process with this number is nobody's.
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', mode);
  try {
    const bytes = Buffer.from(text);
    // A disk that fills up takes a part without a word, and refuses only when it is asked to take the rest.
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return temporary;
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Creates `path` whole, on disk, or not at all. False when it is there already: of many who try, one gets true. */
export function publish(path: string, text: string, mode = 0o600): boolean {
  const temporary = writeTemporary(path, text, mode);
  try {
    // link() is the one call that both creates exclusively and shows the content at once.
    linkSync(temporary, path);
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(path);
  return true;
}

/** The text, or undefined when there is no such file. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Private, as a job's output may be. */
export const makeFolder = (path: string): void => void mkdirSync(path, { recursive: true, mode: 0o700 });
