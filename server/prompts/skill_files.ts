import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readTextIfThere } from '../model/files.ts';
import { installedPath } from '../model/template_folder.ts';
import { PROMPTS } from './catalogue.ts';

export const SKILL_NAMES: readonly string[] = PROMPTS.map(({ skill }) => skill);

const folderOf = (skill: string): string => installedPath(join('.claude', 'skills', skill));

/** The skill's SKILL.md as it lies in this installation. */
export const skillText = (skill: string): string | undefined => readTextIfThere(join(folderOf(skill), 'SKILL.md'));

/** Every file of the skill by its path in the skill's folder: SKILL.md, and what it refers to. None where it is not installed. */
export function skillFiles(skill: string): Record<string, string> {
  const folder = folderOf(skill);
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]));
}

/** Without the front matter, which tells a client when to use it. */
export const skillBody = (skill: string): string | undefined =>
  skillText(skill)
    ?.replace(/^---\n.*?\n---\n/s, '')
    .trim();
