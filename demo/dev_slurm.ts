import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type DemoCluster, trainingSite } from './cluster.ts';
import { environmentFor } from './cluster_environment.ts';
import { REPOSITORY } from './places.ts';
import { say } from './show.ts';
import { DemoStop } from './stop.ts';

const USER = 'runner';
const SCRIPTS = join(REPOSITORY, 'scripts', 'slurm');
// Not under the demo's own folder: the cluster's user must be able to walk down to it.
const FOLDER = join(tmpdir(), 'runwright-demo-slurm');

function refuseWithoutMeans(): void {
  if (process.getuid?.() !== 0)
    throw new DemoStop('The development Slurm starts daemons and makes a user: run `npm run demo -- --cluster` as root, in a container.');
  const missing = ['slurmctld', 'slurmd', 'slurmdbd', 'munged', 'mariadbd', 'sshd'].filter(
    (program) => !['/usr/sbin', '/usr/bin'].some((folder) => existsSync(join(folder, program))),
  );
  if (missing.length > 0)
    throw new DemoStop(`The development Slurm needs ${missing.join(', ')}: run ${join(SCRIPTS, 'install.sh')} first (Debian and Ubuntu).`);
}

/** Brings up a real Slurm on this machine, reached over SSH as a user who is not root. */
export function devSlurm(demoDir: string, python: string): DemoCluster {
  refuseWithoutMeans();
  const wasUp = existsSync(join(FOLDER, 'run', 'slurmctld.pid'));
  say(`Starting the development Slurm in ${FOLDER} ...`);
  const up = spawnSync(join(SCRIPTS, 'up.sh'), [FOLDER], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, BASE_PORT: '21800', USERS: USER },
  });
  if (up.status !== 0) throw new DemoStop(`The development Slurm did not start: see ${join(FOLDER, 'log')}.`);
  const home = join(FOLDER, 'home', USER);
  const sharedDir = join(FOLDER, 'shared', basename(demoDir));
  mkdirSync(sharedDir, { recursive: true });
  const usable = environmentFor(USER, python, join(FOLDER, 'shared', 'torchtune'));
  return {
    name: 'devslurm',
    introduction: `Jobs run on the development Slurm, reached over SSH as ${USER}.`,
    sharedDir,
    jobsDir: (_experimentDir, experiment) => join(home, 'experiments', experiment),
    profile: {
      connection: 'ssh',
      scheduler: 'slurm',
      host: 'devslurm',
      ssh_config: join(FOLDER, 'ssh', 'config'),
      known_hosts: join(FOLDER, 'ssh', 'known_hosts'),
      experiments_dir: join(home, 'experiments'),
      defaults: { account: 'ml', partition: 'cpu' },
      ...trainingSite(usable, join(home, 'hugging-face')),
    },
    close: () => {
      if (!wasUp) spawnSync(join(SCRIPTS, 'down.sh'), [FOLDER], { stdio: ['ignore', 'ignore', 'inherit'] });
    },
  };
}
