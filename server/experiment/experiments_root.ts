import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../model/problem.ts';

/** Where experiments may lie. `fenced` is true when `RUNWRIGHT_EXPERIMENTS` names the root: then nothing outside it is touched. */
export interface ExperimentsRoot {
  dir: string;
  fenced: boolean;
  /** Why the root cannot be used; told when something needs it, since a server that does not start tells nobody. */
  fault?: string;
}

/**
 * From `RUNWRIGHT_EXPERIMENTS`; else `experiments/` of the project that the client works in: the nearest one up to the
 * repository's top, so that a client started in a subfolder, or inside an experiment, finds the same experiments.
 */
export function experimentsRoot(env: NodeJS.ProcessEnv, cwd: string): ExperimentsRoot {
  const named = env.RUNWRIGHT_EXPERIMENTS;
  if (named !== undefined && named !== '') return fromVariable(named, cwd);
  return { dir: join(projectOf(resolve(env.CLAUDE_PROJECT_DIR || cwd)), 'experiments'), fenced: false };
}

/** `~` as a shell reads it: no shell stands between a client and us. */
export const fromHome = (path: string): string => path.replace(/^~(?=\/|$)/, homedir());

/** No shell stands between a client's settings and us: what it would have replaced comes as it was written. */
function fromVariable(named: string, cwd: string): ExperimentsRoot {
  const dir = resolve(cwd, fromHome(named));
  if (isFolder(dir) || !/^~[^/]|\$/.test(named)) return { dir, fenced: true };
  return { dir, fenced: true, fault: `RUNWRIGHT_EXPERIMENTS is ${named}, in which nothing was replaced; give it as an absolute path` };
}

function projectOf(start: string): string {
  const ancestors = [start];
  for (let here = start; dirname(here) !== here; here = dirname(here)) ancestors.push(dirname(here));
  const top = ancestors.findIndex((folder) => existsSync(join(folder, '.git')));
  if (top !== -1) return ancestors.slice(0, top + 1).find(hasExperiments) ?? ancestors[top] ?? start;
  // Outside a repository only a folder that says so itself: somebody stands in experiments/ or below it.
  const inside = ancestors.find((folder) => basename(folder) === 'experiments');
  return hasExperiments(start) || inside === undefined ? start : dirname(inside);
}

const hasExperiments = (folder: string): boolean => isFolder(join(folder, 'experiments'));

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Refuses a root that cannot be: named wrongly, or the folder in which a client without a project starts its servers. */
export function requireRoot({ dir, fault }: ExperimentsRoot): void {
  if (fault !== undefined) throw new UserError(`${fault}; nothing was changed`);
  if (isFolder(dir)) return;
  let parent = dirname(dir);
  while (!existsSync(parent)) parent = dirname(parent);
  if (dirname(dir) !== '/' && writable(parent)) return;
  throw new UserError(
    `experiments would lie in ${dir}, which is not there and cannot be meant; give experiment_dir as an absolute path, ` +
      `or set RUNWRIGHT_EXPERIMENTS in the client's settings of this server; nothing was changed`,
  );
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
