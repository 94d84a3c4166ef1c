import type { Connection } from '../clusters/connection.ts';
import type { ClusterProfile } from '../clusters/profile.ts';
import { type ProfileEntry, readEntry } from '../clusters/profile_entry.ts';
import { UserError } from '../model/problem.ts';
import type { Context } from './context.ts';

/** A cluster that stands in no file yet: its profile by the same rules, and the connection to it. */
export async function openDraft(
  context: Context,
  name: string | undefined,
  entry: ProfileEntry,
): Promise<{ profile: ClusterProfile; connection: Connection }> {
  const host = typeof entry.host === 'string' ? entry.host : undefined;
  const given = name ?? host?.split('.')[0] ?? 'local';
  if (name === undefined && /^\d+$|:/.test(given)) throw new UserError(`give the new cluster a name: cluster, beside its host ${host}`);
  const profile = readEntry(given, {
    ...(host === undefined ? {} : { connection: 'ssh' }),
    // Asked about later: the folder is one of the things that are looked for.
    ...(host === undefined ? {} : { experiments_dir: '/tmp' }),
    ...entry,
  });
  return { profile, connection: await (await context.connections()).connection(profile) };
}
