import { type Dirent, lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { errorCode, fileError } from '../model/files.ts';
import { UserError } from '../model/problem.ts';
import { type ExperimentsRoot, fromHome, requireRoot } from './experiments_root.ts';

export interface ExperimentPlace {
  /** Absolute. */
  dir: string;
  /** The folder's name. */
  name: string;
}

/** The experiment that `experiment_dir` names: absolute, or relative to the root. It need not exist yet. */
export function placeOf(experimentDir: string, root: ExperimentsRoot): ExperimentPlace {
  if (experimentDir.trim() === '' || experimentDir.includes('\0')) {
    throw new UserError('experiment_dir is empty; name the folder of the experiment, such as cap_cross_eval_2025-10-20');
  }
  const path = fromHome(experimentDir);
  if (root.fault !== undefined || !isAbsolute(path)) requireRoot(root);
  const dir = resolve(root.dir, path);
  if (dir === root.dir)
    throw new UserError(
      `${dir} is the folder of all experiments; name one below it, such as cap_cross_eval_2025-10-20; nothing was changed`,
    );
  if (root.fenced) {
    requireInside(dir, root.dir);
    for (const name of linksIn(dir)) requireInside(join(dir, name), root.dir);
  }
  return { dir, name: nameOf(dir) };
}

/** As the disk spells it: where case does not count, the same folder answers to other spellings. */
function nameOf(dir: string): string {
  const given = basename(dir);
  const real = basename(realOfNearest(dir));
  return real.toLowerCase() === given.toLowerCase() ? real : given;
}

function requireInside(dir: string, root: string): void {
  const inner = relative(realOfNearest(root), realOfNearest(dir));
  if (inner === '' || inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)) {
    throw new UserError(
      `${dir} is not inside ${root}; RUNWRIGHT_EXPERIMENTS keeps runwright to experiments below that folder; nothing was changed`,
    );
  }
}

/** Refuses a file or folder of a run that a link puts outside the fence. */
export function refuseLinksOut(paths: readonly string[], root: ExperimentsRoot): void {
  if (!root.fenced) return;
  for (const path of paths) if (statOf(path, lstatSync)?.isSymbolicLink()) requireInside(path, root.dir);
}

function linksIn(dir: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.filter((entry) => entry.isSymbolicLink()).map((entry) => entry.name);
}

/** The path with every link followed, as far as it exists. */
function realOfNearest(path: string, links = 0): string {
  try {
    return realpathSync.native(path);
  } catch {
    const target = links < MOST_LINKS ? linkTarget(path) : undefined;
    if (target !== undefined) return realOfNearest(resolve(dirname(path), target), links + 1);
    const parent = dirname(path);
    return parent === path ? path : join(realOfNearest(parent, links), basename(path));
  }
}

const MOST_LINKS = 40;

/** A link to what is not there yet leads out all the same. */
function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

export const isFolder = (path: string): boolean => statOf(path)?.isDirectory() ?? false;

export const isFile = (path: string): boolean => statOf(path)?.isFile() ?? false;

function statOf(path: string, look: typeof statSync | typeof lstatSync = statSync): Stats | undefined {
  try {
    return look(path, { throwIfNoEntry: false });
  } catch (error) {
    // Below a file there is nothing.
    if (errorCode(error) === 'ENOTDIR') return undefined;
    throw fileError(error, path);
  }
}
