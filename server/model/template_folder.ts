import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let folder: string | undefined;

/** Walks up from this file: the sources lie in server/, the bundle in dist/, and templates/ stands beside both. */
function templateFolder(): string {
  for (let here = dirname(fileURLToPath(import.meta.url)); ; here = dirname(here)) {
    const candidate = join(here, 'templates');
    if (existsSync(candidate)) return candidate;
    if (dirname(here) === here) throw new Error('the templates/ folder is missing from this installation of runwright');
  }
}

/** The absolute path of a file under templates/. */
export function templatePath(name: string): string {
  folder ??= templateFolder();
  return join(folder, name);
}
