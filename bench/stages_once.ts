// Run in a fresh Node: plans COUNT runs, then times stages 2 to 4, and raw writing of the same bytes; prints one JSON object.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConnectionPool } from '../server/clusters/pool.ts';
import type { Context } from '../server/launch/context.ts';
import { createTorchtuneConfig } from '../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../server/stages/generate_slurm_script.ts';
import { setupExperimentDirs } from '../server/stages/setup_experiment_dirs.ts';
import { milliseconds } from './figure.ts';
import { planOf } from './plan_text.ts';

const count = Number(process.argv[2]);
const home = mkdtempSync(join(tmpdir(), 'runwright-bench-'));
const experiment_dir = join(home, 'experiments', 'bench');
mkdirSync(experiment_dir, { recursive: true });
writeFileSync(
  join(home, 'experiments', 'clusters.yaml'),
  'bench: {connection: ssh, host: bench.example.edu, user: alice, experiments_dir: /scratch/experiments}\n',
);
writeFileSync(join(experiment_dir, 'runs_plan.md'), planOf(count, 'bench'));
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
const peak = process.resourceUsage().maxRSS / 1024;

const written = readdirSync(experiment_dir, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(yaml|slurm|md)$/.test(name))
  .map((name) => ({ name, bytes: readFileSync(join(experiment_dir, name)) }));
const raw = await milliseconds(() => {
  for (const { name, bytes } of written) {
    const path = join(home, 'raw', name);
    mkdirSync(join(dirname(path), 'evaluations'), { recursive: true });
    writeFileSync(`${path}.tmp`, bytes);
    renameSync(`${path}.tmp`, path);
  }
});
console.log(JSON.stringify({ stages, raw, peak }));
