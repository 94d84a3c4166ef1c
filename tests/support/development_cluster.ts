import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterProfile } from '../../server/clusters/profile.ts';

export interface DevelopmentCluster {
  dir: string;
  profile: ClusterProfile;
  experiments_dir: string;
  /** The entry of clusters.yaml that describes it. */
  yaml(name: string, extra?: Record<string, unknown>): string;
}

/** The development Slurm that scripts/slurm/up.sh made in RUNWRIGHT_LAB_DIR; undefined without one. */
export function developmentCluster(): DevelopmentCluster | undefined {
  const dir = process.env.RUNWRIGHT_LAB_DIR;
  if (dir === undefined || dir === '') {
    if (process.env.RUNWRIGHT_REQUIRE_CLUSTER === '1')
      throw new Error('RUNWRIGHT_REQUIRE_CLUSTER=1, but there is no development Slurm: RUNWRIGHT_LAB_DIR is not set');
    return undefined;
  }
  const ssh_config = join(dir, 'ssh', 'config');
  if (!existsSync(ssh_config)) throw new Error(`${ssh_config} is missing: start the development Slurm with scripts/slurm/up.sh ${dir}`);
  const config = readFileSync(ssh_config, 'utf8');
  const host = /^Host (\S+)/m.exec(config)?.[1] ?? 'devslurm';
  const user = /^\s*User (\S+)/m.exec(config)?.[1] ?? 'alice';
  const experiments_dir = join(dir, 'home', user, 'experiments');
  const profile: ClusterProfile = {
    name: 'devslurm',
    connection: 'ssh',
    host,
    user,
    ssh_config,
    experiments_dir,
    scheduler: 'slurm',
    defaults: { partition: 'cpu' },
    gpu_request: 'gres',
    setup: [],
    env: { RUNWRIGHT_SKIP_GPU_CHECK: '1' },
    limits: {},
  };
  const yaml = (name: string, extra: Record<string, unknown> = {}): string => {
    const { name: _name, ...fields } = profile;
    return `${name}: ${JSON.stringify({ ...fields, ...extra })}\n`;
  };
  return { dir, profile, experiments_dir, yaml };
}
