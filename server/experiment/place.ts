import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
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
  if (root.fenced) requireInside(dir, root.dir);
  return { dir, name: basename(dir) };
}

function requireInside(dir: string, root: string): void {
  const inner = relative(realOfNearest(root), realOfNearest(dir));
  if (inner === '' || inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)) {
    throw new UserError(`${dir} is not inside ${root}; RUNWRIGHT_EXPERIMENTS keeps runwright to experiments below that folder`);
  }
}

/** The path with every link followed, as far as it exists. */
function realOfNearest(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realOfNearest(parent), basename(path));
  }
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
