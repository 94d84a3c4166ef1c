import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../model/problem.ts';
import { isMissing } from './durable_file.ts';

async function currentText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Writes what differs, whole or not at all; a file with equal content keeps its time. */
export async function uploadHere(root: string, files: readonly { path: string; content: string }[], signal?: AbortSignal): Promise<void> {
  const outside = files.filter(({ path }) => relative(root, resolve(root, path)).split(sep)[0] === '..');
  if (outside.length > 0) {
    throw new UserError(
      'Nothing was written.',
      outside.map(({ path }) => ({
        severity: 'error',
        where: path,
        what: `it lies outside ${root}`,
        fix: 'give a path below that folder',
      })),
    );
  }
  for (const { path, content } of files) {
    signal?.throwIfAborted();
    const target = join(root, path);
    if ((await currentText(target)) === content) continue;
    await mkdir(dirname(target), { recursive: true });
    const temporary = `${target}.tmp-${process.pid}`;
    try {
      await writeFile(temporary, content);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}
