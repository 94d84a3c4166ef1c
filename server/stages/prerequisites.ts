import { join } from 'node:path';
import { isFile, isFolder } from '../experiment/place.ts';
import { UserError } from '../model/problem.ts';

interface Named {
  name: string;
}

/** Each stage names the stage that is missing, and for which runs. */
export function requireRunFolders(dir: string, runs: readonly Named[]): void {
  requireAll(runs, (run) => isFolder(join(dir, run.name)), 'setup_experiment_dirs', 'run folders');
}

export function requireFiles(dir: string, runs: readonly Named[], file: string, tool: string): void {
  requireAll(runs, (run) => isFile(join(dir, run.name, file)), tool, `${file} files`);
}

function requireAll(runs: readonly Named[], isThere: (run: Named) => boolean, tool: string, things: string): void {
  const missing = runs.filter((run) => !isThere(run)).map((run) => run.name);
  if (missing.length === 0) return;
  const shown = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ', ...' : '');
  throw new UserError(`run \`${tool}\` first: ${missing.length} of ${runs.length} ${things} are missing: ${shown}; nothing was changed`);
}
