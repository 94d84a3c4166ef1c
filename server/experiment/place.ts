import { type Dirent, lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { errorCode, fileError } from '../model/files.ts';
import { UserError } from '../model/problem.ts';

/** Where experiments may lie. `fenced` is true when `RUNWRIGHT_EXPERIMENTS` names the root: then nothing outside it is touched. */
export interface ExperimentsRoot {
  dir: string;
  fenced: boolean;
}

export interface ExperimentPlace {
  /** Absolute. */
  dir: string;
  /** The folder's name. */
  name: string;
}

/** From `RUNWRIGHT_EXPERIMENTS`, else `experiments/` of the project that the client works in. */
export function experimentsRoot(env: NodeJS.ProcessEnv, cwd: string): ExperimentsRoot {
  const named = env.RUNWRIGHT_EXPERIMENTS;
  if (named !== undefined && named !== '') return { dir: resolve(cwd, named), fenced: true };
  return { dir: join(env.CLAUDE_PROJECT_DIR ?? cwd, 'experiments'), fenced: false };
}

/** The experiment that `experiment_dir` names: absolute, or relative to the root. It need not exist yet. */
export function placeOf(experimentDir: string, root: ExperimentsRoot): ExperimentPlace {
  if (experimentDir.trim() === '' || experimentDir.includes('\0')) {
    throw new UserError('experiment_dir is empty; name the folder of the experiment, such as cap_cross_eval_2025-10-20');
  }
  const dir = isAbsolute(experimentDir) ? resolve(experimentDir) : resolve(root.dir, experimentDir);
  if (root.fenced) {
    requireInside(dir, root.dir);
    for (const name of linksIn(dir)) requireInside(join(dir, name), root.dir);
  }
  return { dir, name: basename(dir) };
}

function requireInside(dir: string, root: string): void {
  const inner = relative(realOfNearest(root), realOfNearest(dir));
  if (inner === '' || inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)) {
    throw new UserError(`${dir} is not inside ${root}; RUNWRIGHT_EXPERIMENTS keeps runwright to experiments below that folder`);
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
    return realpathSync(path);
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
