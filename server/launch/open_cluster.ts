import type { Connection } from '../clusters/connection.ts';
import type { ClusterProfile } from '../clusters/profile.ts';
import { loadProfiles, profileNamed } from '../clusters/profiles.ts';
import type { Scheduler } from '../clusters/scheduler.ts';
import { createProcessScheduler } from '../process/process_scheduler.ts';
import { createSlurmScheduler } from '../slurm/slurm_scheduler.ts';
import type { Context } from './context.ts';

export interface Cluster {
  profile: ClusterProfile;
  connection: Connection;
  scheduler: Scheduler;
}

export const profilesOf = (context: Context): Promise<ReadonlyMap<string, ClusterProfile>> =>
  loadProfiles({ userConfigDir: context.config_dir, experimentsRoot: context.root.dir });

export async function profileOf(context: Context, name: string): Promise<ClusterProfile> {
  return profileNamed(await profilesOf(context), name);
}

export async function openCluster(context: Context, name: string): Promise<Cluster> {
  const profile = await profileOf(context, name);
  const connection = await (await context.connections()).connection(profile);
  const scheduler =
    profile.scheduler === 'process'
      ? createProcessScheduler({ stateDir: context.state_dir, supervisorCommand: context.supervisor, clock: context.now })
      : createSlurmScheduler(connection);
  return { profile, connection, scheduler };
}
