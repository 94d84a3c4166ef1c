import { expect, test } from 'vitest';
import { LOCAL_PROFILE } from '../../server/clusters/profile.ts';
import type { Experiment } from '../../server/launch/experiment.ts';
import type { Cluster } from '../../server/launch/open_cluster.ts';
import { inArrays } from '../../server/launch/submission/arrays.ts';
import type { LaunchItem } from '../../server/launch/submission/launch_items.ts';

const script = '#!/bin/bash\n#SBATCH --mem=1G\ntrue\n';
const items = Array.from({ length: 5 }, (_, index): LaunchItem => {
  const run = `run_${index}`;
  return {
    run,
    attempt: 1,
    token: `t${index}`,
    job_name: run,
    open: false,
    files: { run, config: '', script, config_sha256: '', script_sha256: '' },
  };
});
const experiment = { plan: { experiment: 'words' } } as Experiment;
const cluster = { profile: LOCAL_PROFILE, scheduler: { name: 'slurm' } } as Cluster;
const sizes = (largest: number): number[] => {
  const placed = inArrays(items, experiment, cluster, largest);
  const tokens = placed.map(({ array, token }) => array?.token ?? token);
  return [...new Set(tokens)].map((token) => tokens.filter((one) => one === token).length);
};

test.each([
  [0, [1, 1, 1, 1, 1]],
  [1, [1, 1, 1, 1, 1]],
  [2, [2, 2, 1]],
  [1001, [5]],
])('where the site takes arrays of at most %i tasks, five like runs go in jobs of %j', (largest, expected) => {
  expect(sizes(largest)).toEqual(expected);
});
