import { join } from 'node:path';
import { readTextIfThere } from '../model/files.ts';
import { installedPath } from '../model/template_folder.ts';
import { PROMPTS } from './catalogue.ts';

export const SKILL_NAMES: readonly string[] = PROMPTS.map(({ skill }) => skill);

/** The skill's SKILL.md as it lies in this installation. */
export const skillText = (skill: string): string | undefined =>
  readTextIfThere(installedPath(join('.claude', 'skills', skill, 'SKILL.md')));

/** Without the front matter, which tells a client when to use it. */
export const skillBody = (skill: string): string | undefined =>
  skillText(skill)
    ?.replace(/^---\n.*?\n---\n/s, '')
    .trim();
