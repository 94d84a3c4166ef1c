// Run in a fresh Node: plans COUNT runs below HOME, then times stages 2 to 4; prints one JSON object.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectionPool } from '../server/clusters/pool.ts';
import type { Context } from '../server/launch/context.ts';
import { createTorchtuneConfig } from '../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../server/stages/generate_slurm_script.ts';
import { setupExperimentDirs } from '../server/stages/setup_experiment_dirs.ts';
import { milliseconds } from './figure_time.ts';
import { planOf } from './plan_text.ts';

const [, , count = '', home = ''] = process.argv;
const experiment_dir = join(home, 'experiments', 'bench');
mkdirSync(experiment_dir, { recursive: true });
writeFileSync(
  join(home, 'experiments', 'clusters.yaml'),
  'bench: {connection: ssh, host: bench.example.edu, user: alice, experiments_dir: /scratch/experiments}\n',
);
writeFileSync(join(experiment_dir, 'runs_plan.md'), planOf(Number(count), 'bench'));
const context: Context = {
  now: () => new Date(),
  root: { dir: join(home, 'experiments'), fenced: true },
  config_dir: join(home, 'config'),
  state_dir: join(home, 'state'),
  supervisor: [],
  connections: () => Promise.resolve(new ConnectionPool()),
  progress: () => undefined,
  signal: new AbortController().signal,
};

const stages = await milliseconds(async () => {
  await setupExperimentDirs({ experiment_dir }, context);
  await createTorchtuneConfig({ experiment_dir }, context);
  await generateSlurmScript({ experiment_dir }, context);
});
console.log(JSON.stringify({ stages, peak: process.resourceUsage().maxRSS / 1024 }));
