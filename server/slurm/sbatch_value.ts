import { UserError } from '../model/problem.ts';

/** A #SBATCH line is read by sbatch, not by a shell: it ends at a newline, splits at spaces and has quotes of its own. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9._+=@:/,&|*()[\]-]*$/;

/** The one way in which a value gets on a #SBATCH line. */
export function sbatchValue(option: string, value: string): string {
  if (WORD.test(value)) return value;
  throw new UserError(
    `the value ${JSON.stringify(value)} cannot stand on the line "#SBATCH --${option}"; ` +
      'use a value without spaces, quotes and line breaks; nothing was written',
  );
}

/** A file of a folder for `--output`, quoted where it has spaces; undefined for a folder that sbatch could read otherwise. */
export function sbatchPath(folder: string, file: string): string | undefined {
  if (/^\/[A-Za-z0-9._+=@:/,-]*$/.test(folder)) return `${folder}/${file}`;
  return /^\/[\p{L}\p{N} ._+=@:/,()-]*$/u.test(folder) ? `"${folder}/${file}"` : undefined;
}
