import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { didYouMean } from '../model/nearest.ts';
import { type Problem, UserError } from '../model/problem.ts';
import { type ClusterProfile, LOCAL_PROFILE } from './profile.ts';
import { PROFILES_FILE, readProfiles } from './profile_file.ts';
import { resolveTarget, sshSettings } from './ssh_target.ts';

/** The user's profiles with the project's over them, entry by entry. `local` is always among them. */
export async function loadProfiles(places: {
  userConfigDir: string;
  experimentsRoot?: string;
}): Promise<ReadonlyMap<string, ClusterProfile>> {
  const folders = [places.userConfigDir, ...(places.experimentsRoot === undefined ? [] : [places.experimentsRoot])];
  const profiles = new Map<string, ClusterProfile>([[LOCAL_PROFILE.name, LOCAL_PROFILE]]);
  const faulty: { path: string; text: string; problems: readonly Problem[] }[] = [];
  for (const folder of new Set(folders)) {
    const path = join(folder, PROFILES_FILE);
    const text = await textOf(path);
    const read = readProfiles(text, PROFILES_FILE);
    if (read.problems.length > 0) faulty.push({ path, text, problems: read.problems });
    for (const [name, profile] of read.profiles) profiles.set(name, profile);
  }
  if (faulty.length > 0) {
    // Two files have one name: with faults in both, whole paths tell them apart.
    const problems = faulty.flatMap(({ path, text, problems }) => (faulty.length === 1 ? problems : readProfiles(text, path).problems));
    throw new UserError(`the cluster profiles cannot be used; correct ${faulty.map(({ path }) => path).join(' and ')}:`, problems);
  }
  for (const [name, profile] of profiles) profiles.set(name, await withUser(profile));
  return profiles;
}

export function profileNamed(profiles: ReadonlyMap<string, ClusterProfile>, name: string): ClusterProfile {
  const profile = profiles.get(name);
  if (profile !== undefined) return profile;
  const known = didYouMean(name, [...profiles.keys()]);
  throw new UserError(
    `there is no cluster "${name}" in ${PROFILES_FILE}; ${known}${known.endsWith('?') ? ' If not,' : ';'} check_cluster with its host in profile sets up a new one`,
  );
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new UserError(`${path} cannot be read (${code}); make it a file that you can read, or remove it`);
  }
}

async function withUser(profile: ClusterProfile): Promise<ClusterProfile> {
  const { experiments_dir, models_dir } = profile;
  const paths = { ...(experiments_dir === undefined ? {} : { experiments_dir }), ...(models_dir === undefined ? {} : { models_dir }) };
  const user = Object.values(paths).some((path) => path.includes('{user}')) ? await userOf(profile) : '';
  const filled = Object.entries(paths).map(([key, path]) => [key, path.replaceAll('{user}', user).replace(/(?<=.)\/+$/, '')]);
  return { ...profile, ...Object.fromEntries(filled) };
}

/** Who the person is on the cluster. An ssh_config that cannot be read is told when the connection is opened, not here. */
async function userOf(profile: ClusterProfile): Promise<string> {
  if (profile.user !== undefined) return profile.user;
  if (profile.connection === 'local') return userInfo().username;
  try {
    // ssh itself can go through a ProxyCommand, which `resolveTarget` refuses.
    const settings = profile.connection === 'openssh' ? await sshSettings(profile, profile.host ?? '') : undefined;
    return settings?.get('user')?.[0] ?? (await resolveTarget(profile)).user;
  } catch {
    return userInfo().username;
  }
}
