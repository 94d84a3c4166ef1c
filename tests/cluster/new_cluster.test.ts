import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addCluster } from '../../server/stages/add_cluster.ts';
import { checkCluster } from '../../server/stages/check_cluster.ts';
import { testContext } from '../support/context.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { standInTune } from '../support/stand_in_tune.ts';

const lab = developmentCluster();

test.skipIf(lab === undefined)('somebody who knows only the host name gets to a checked profile', async () => {
  if (lab === undefined) return;
  const context = testContext();
  const { host, ssh_config } = lab.profile;
  // In whose home no other test leaves anything.
  const user = 'bob';
  const home = join(lab.dir, 'home', user);
  standInTune(join(home, 'torchtune-env', 'bin'));

  const looked = await checkCluster({ cluster: 'della', profile: { host, user, ssh_config } }, context);
  expect(looked.summary).toMatch(/^cluster della: Slurm \S+ over .*; ready\.$/);
  expect(looked.next).toEqual({
    tool: 'add_cluster',
    why: 'writes della into clusters.yaml, once the person agreed to the proposal or changed it',
  });
  const profile = {
    connection: 'ssh',
    host,
    user,
    ssh_config,
    experiments_dir: join(lab.dir, 'home/{user}/experiments'),
    models_dir: join(lab.dir, 'home/{user}/models'),
    scheduler: 'slurm',
    defaults: { account: 'ml', partition: 'gpu' },
    setup: [`export PATH=${home}/torchtune-env/bin:"$PATH"`],
  };
  expect(looked.proposal).toEqual({
    name: 'della',
    profile,
    yaml: expect.stringMatching(/^della:\n {2}connection: ssh\n/),
    because: [
      expect.stringMatching(new RegExp(`^experiments_dir: ${home} can be written, \\d+ GiB free$`)),
      'models_dir: beside the experiments; name the folder where your models lie',
      'account: ml is your default there',
      expect.stringMatching(/^partition: gpu has GPUs \(.*\)$/),
      `setup: tune was found at ${home}/torchtune-env/bin/tune`,
    ],
  });

  const agreed = { ...profile, defaults: { account: 'ml', partition: 'cpu' } };
  const file = join(context.config_dir, 'clusters.yaml');
  expect(await addCluster({ cluster: 'della', profile: agreed }, context)).toMatchObject({ summary: `della was added to ${file}.`, file });
  const written = readFileSync(file, 'utf8');
  expect(await addCluster({ cluster: 'della', profile: agreed }, context)).toMatchObject({
    summary: `della is in ${file} already, with these very lines.`,
  });
  expect(readFileSync(file, 'utf8')).toBe(written);

  const checked = await checkCluster({ cluster: 'della' }, context);
  expect({ summary: checked.summary, next: checked.next }).toEqual({
    summary: looked.summary,
    next: { tool: 'plan_runs', why: 'plans an experiment on cluster della' },
  });
});
