import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../server/launch/context.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { developmentCluster } from './development_cluster.ts';
import { emptyModel, standInTune, wordData } from './stand_in_tune.ts';

/** A folder on the development cluster's disk, owned by its user, in which trainers stand in for torchtune. */
export function clusterHomeWith<Own extends Context>(name: string, trainers: Readonly<Record<string, string>>, contextOf: () => Own) {
  const lab = developmentCluster();
  const dir = lab?.dir ?? '';
  const user = lab?.profile.user ?? '';
  const home = join(dir, 'home', user, `${name}-${process.pid}`);
  const slurm = (command: string, ...words: string[]): string =>
    execFileSync(command, words, { encoding: 'utf8', env: { ...process.env, SLURM_CONF: join(dir, 'etc', 'slurm.conf') } });

  function make(): void {
    for (const [trainer, body] of Object.entries(trainers)) standInTune(join(home, trainer), body);
    emptyModel(join(home, 'models', 'Llama-3.2-1B-Instruct'), ['config.json', 'original/tokenizer.model', 'model.safetensors']);
    wordData(join(home, 'data'), ['words.json']);
    execFileSync('chown', ['-R', `${user}:`, home]);
  }

  /** An experiment of `count` runs that ask Slurm for the same, shown by its preflight. */
  async function shown(
    experiment_dir: string,
    count: number,
    trainer: string,
    extra: Record<string, unknown> = {},
    own: readonly Record<string, string | number>[] = [],
  ) {
    const context = contextOf();
    const names = Array.from({ length: count }, (_, index) => `run_${index}`);
    const profile = {
      experiments_dir: join(home, 'experiments'),
      setup: [`export PATH=${join(home, trainer)}:$PATH`],
      defaults: { partition: 'cpu', mem: '100M', cpus: 1, time: '0:05:00' },
      ...extra,
    };
    writeFileSync(join(context.root.dir, 'clusters.yaml'), lab?.yaml('devslurm', profile) ?? '');
    const plan = {
      cluster: 'devslurm',
      models: [{ model: 'Llama-3.2-1B-Instruct', path: join(home, 'models', 'Llama-3.2-1B-Instruct') }],
      datasets: [{ dataset: 'words', path: join(home, 'data', 'words.json'), format: 'instruct' }],
      defaults: { method: 'lora', lora_rank: 8, epochs: 1, lr: '3e-4', batch_size: 4, gpus: 0, dtype: 'fp32' },
      runs: names.map((run, index) => ({ run, model: 'Llama-3.2-1B-Instruct', dataset: 'words', seed: index, ...own[index] })),
    };
    await planRuns({ experiment_dir, plan }, context);
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    const preflight = await preflightRuns({ experiment_dir }, context);
    if (preflight.preflight_id === undefined) throw new Error(JSON.stringify(preflight.problems));
    return {
      context,
      experiment_dir,
      preflight,
      preflight_id: preflight.preflight_id,
      names,
      local: join(context.root.dir, experiment_dir),
      remote: join(home, 'experiments', experiment_dir),
    };
  }
  return { lab, home, user, slurm, make, shown };
}
