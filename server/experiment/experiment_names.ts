import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PLAN_FILE } from '../model/plan.ts';
import type { ExperimentsRoot } from './experiments_root.ts';

/** The experiments below the root, sorted. No plan is read for it. */
export function experimentNames(root: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(root, { withFileTypes: true });
  } catch {
    // No experiment yet, so no folder of experiments.
    return [];
  }
  return entries.flatMap(({ name }) => (existsSync(join(root, name, PLAN_FILE)) ? [name] : [])).sort();
}

/** The folders of an experiment's runs, sorted. */
export async function runNames(experiment: string | undefined, root: ExperimentsRoot): Promise<string[]> {
  if (experiment === undefined || !experimentNames(root.dir).includes(experiment)) return [];
  const dir = join(root.dir, experiment);
  const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return folders.map(({ name }) => name).sort();
}
