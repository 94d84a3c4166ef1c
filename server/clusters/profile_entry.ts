import { stringify } from 'yaml';
import { type Problem, UserError } from '../model/problem.ts';
import type { ClusterProfile } from './profile.ts';
import { PROFILES_FILE, readProfiles } from './profile_file.ts';

/** One entry of clusters.yaml as its author would write it: fields by name. */
export type ProfileEntry = Readonly<Record<string, unknown>>;

/** The entry's lines for clusters.yaml. */
export const entryText = (name: string, entry: ProfileEntry): string => stringify({ [name]: entry }, { lineWidth: 0 });

/** Reads an entry that stands in no file yet, by the rules of those that do. */
export function readEntry(name: string, entry: ProfileEntry): ClusterProfile {
  const { profiles, problems } = readProfiles(entryText(name, entry), `profile ${name}`);
  const profile = profiles.get(name);
  if (profile !== undefined && problems.length === 0) return profile;
  throw new UserError(
    `this profile of ${name} cannot be used; nothing was changed`,
    problems.map((problem): Problem => ({ ...problem, where: `profile ${name}` })),
  );
}

/** The file's text with one entry more at its end, every other byte as it was; undefined when the very entry is there. */
export function withEntry(text: string, path: string, name: string, entry: ProfileEntry): string | undefined {
  const { profiles, problems } = readProfiles(text, PROFILES_FILE);
  if (problems.length > 0) throw new UserError(`${path} has errors; correct them first; nothing was changed`, problems);
  const known = profiles.get(name);
  if (known !== undefined) {
    if (JSON.stringify(known) === JSON.stringify(readEntry(name, entry))) return undefined;
    throw new UserError(
      `${path} has a cluster "${name}" already, with other lines; edit it there, or choose another name; nothing was changed`,
    );
  }
  const appended = `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${entryText(name, entry)}`;
  // A file in braces, say, does not go on at its end.
  if (readProfiles(appended, PROFILES_FILE).problems.length === 0) return appended;
  throw new UserError(`the entry cannot be put at the end of ${path}; write it there by hand:\n${entryText(name, entry)}`);
}
