import type { ClusterProfile } from './profile.ts';
import { REMOTE_FIELDS } from './profile_fields.ts';

interface Fault {
  /** The field to point at; without it, the profile's name. */
  field?: string;
  what: string;
  fix: string;
}

/** What no single field can tell. `given` are the fields that the file itself sets. */
export function crossFieldFaults(profile: ClusterProfile, given: ReadonlySet<string>): readonly Fault[] {
  const { name, connection } = profile;
  if (!given.has('connection') && name !== 'local')
    return [{ what: `${name} has no connection`, fix: 'add connection: ssh, or connection: local for this machine' }];
  if (name === 'local' && connection !== 'local')
    return [{ field: 'connection', what: 'local is always this machine', fix: 'give the other cluster another name' }];
  const faults: Fault[] = [];
  if (connection === 'local') {
    for (const field of REMOTE_FIELDS)
      if (given.has(field))
        faults.push({ field, what: `${field} of ${name} means nothing with connection: local`, fix: 'remove it, or use connection: ssh' });
    return faults;
  }
  if (profile.scheduler === 'process')
    faults.push({
      field: 'scheduler',
      what: `scheduler: process of ${name} runs on this machine only`,
      fix: 'use scheduler: slurm, or connection: local',
    });
  if (profile.host === undefined) faults.push({ what: `${name} has no host`, fix: 'add host: a host name, or an alias of ~/.ssh/config' });
  if (profile.experiments_dir === undefined)
    faults.push({
      what: `${name} has no experiments_dir`,
      fix: 'add experiments_dir: an absolute path on the cluster, such as /scratch/{user}/experiments',
    });
  return faults;
}
