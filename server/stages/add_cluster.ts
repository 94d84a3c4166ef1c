import { join } from 'node:path';
import { entryText, type ProfileEntry, readEntry, withEntry } from '../clusters/profile_entry.ts';
import { PROFILES_FILE } from '../clusters/profile_file.ts';
import type { Context } from '../launch/context.ts';
import { makeFolder, readTextIfThere, writeText } from '../model/files.ts';
import type { Answer } from './answer.ts';

export interface AddClusterInput {
  cluster: string;
  profile: ProfileEntry;
  beside?: 'user' | 'project' | undefined;
}

export interface AddClusterOutput extends Answer {
  file: string;
  yaml: string;
}

/** Writes one new entry into clusters.yaml; everything else in the file stays as it is, and an entry is never replaced. */
export async function addCluster({ cluster, profile, beside }: AddClusterInput, context: Context): Promise<AddClusterOutput> {
  readEntry(cluster, profile);
  const folder = beside === 'project' ? context.root.dir : context.config_dir;
  const file = join(folder, PROFILES_FILE);
  const text = withEntry(readTextIfThere(file) ?? '', file, cluster, profile);
  if (text !== undefined) {
    makeFolder(folder);
    writeText(file, text);
  }
  return {
    summary: text === undefined ? `${cluster} is in ${file} already, with these very lines.` : `${cluster} was added to ${file}.`,
    file,
    yaml: entryText(cluster, profile),
    next: { tool: 'check_cluster', why: `checks ${cluster} as it is written, and says what is missing` },
  };
}
