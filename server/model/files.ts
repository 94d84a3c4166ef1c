import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { UserError } from './problem.ts';

/** The file's text, or undefined when there is no such file. */
export function readTextIfThere(path: string): string | undefined {
  // Asking first is cheaper than an error for each of a thousand new files.
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw fileError(error, path);
  }
}

/** Temporary file and rename: a reader sees the old text or the new, never half. A file keeps its mode. */
export function writeText(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const mode = existsSync(path) ? statSync(path).mode : 0o666;
    writeFileSync(temporary, text, { mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError(error, path);
  }
}

/** The first folder that had to be made, or undefined when all were there. */
export function makeFolder(path: string): string | undefined {
  try {
    return mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileError(error, path);
  }
}

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const MENDS: Record<string, string> = {
  EACCES: 'no permission to write there; make the folder writable for you (chmod u+w) or choose another',
  EPERM: 'no permission to write there; make the folder writable for you (chmod u+w) or choose another',
  EROFS: 'that disk is mounted read-only; choose another folder',
  ENOSPC: 'the disk is full; free some space and call again',
  EDQUOT: 'your quota is used up; free some space and call again',
  EEXIST: 'something that is not a folder has that name; move it away',
  ENOTDIR: 'part of that path is a file, not a folder; move it away',
  EISDIR: 'a folder has that name; move it away',
};

/** A file system's error in a person's words; anything unforeseen stays as it is. */
export function fileError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  const mend = code === undefined ? undefined : MENDS[code];
  return mend === undefined ? error : new UserError(`${path}: ${mend} (${code})`);
}
