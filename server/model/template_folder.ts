import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let root: string | undefined;

/** Walks up from this file: the sources lie in server/, the bundle in dist/, and templates/ stands beside both. */
function installation(): string {
  for (let here = dirname(fileURLToPath(import.meta.url)); ; here = dirname(here)) {
    if (existsSync(join(here, 'templates'))) return here;
    if (dirname(here) === here) throw new Error('the templates/ folder is missing from this installation of runwright');
  }
}

/** The absolute path of a file of this installation. */
export function installedPath(name: string): string {
  root ??= installation();
  return join(root, name);
}

/** The absolute path of a file under templates/. */
export const templatePath = (name: string): string => installedPath(join('templates', name));

/** The absolute path of a file under python/: programs that are sent to a cluster. */
export const pythonPath = (name: string): string => installedPath(join('python', name));
