import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { type TestContext, testContext } from './context.ts';
import type { DevelopmentCluster } from './development_cluster.ts';
import { SlurmLab } from './slurm_lab.ts';
import { emptyModel, standInTune, wordData } from './stand_in_tune.ts';

export interface Shown {
  context: TestContext;
  experiment_dir: string;
  preflight_id: string;
  names: string[];
  /** The experiment's folder here, and on the cluster. */
  local: string;
  remote: string;
}

/** Small experiments on the development Slurm, whose training is a script of the test's own. */
export class ClusterRuns {
  readonly lab: SlurmLab;
  readonly home: string;
  private readonly cluster: DevelopmentCluster;

  constructor(cluster: DevelopmentCluster, name: string) {
    this.cluster = cluster;
    this.lab = new SlurmLab(cluster);
    this.home = this.lab.folder(`${name}-${process.pid}`);
    emptyModel(join(this.home, 'models', 'Llama-3.2-1B-Instruct'), ['config.json', 'original/tokenizer.model', 'model.safetensors']);
    wordData(join(this.home, 'data'), ['words.json']);
    this.trainer('bin', '#!/bin/bash\nsleep 0.5\n');
    this.trainer('slow', '#!/bin/bash\nsleep 120\n');
  }

  /** Another training; the setup line that makes a job use it. */
  trainer(name: string, body: string): string[] {
    const bin = standInTune(join(this.home, name), body);
    this.lab.give(this.home);
    return [`export PATH=${bin}:$PATH`];
  }

  profile(extra: Record<string, unknown> = {}): string {
    return this.cluster.yaml('devslurm', {
      experiments_dir: join(this.home, 'experiments'),
      setup: [`export PATH=${join(this.home, 'bin')}:$PATH`],
      defaults: { partition: 'cpu', mem: '100M', cpus: 1, time: '0:05:00' },
      ...extra,
    });
  }

  contextOn(yaml: string): TestContext {
    const context = testContext();
    writeFileSync(join(context.root.dir, 'clusters.yaml'), yaml);
    return context;
  }

  /** An experiment of `count` runs, shown by its preflight. */
  async shown(
    experiment_dir: string,
    count: number,
    extra: Record<string, unknown> = {},
    settings: Record<string, unknown> = {},
  ): Promise<Shown> {
    const context = this.contextOn(this.profile(extra));
    const names = Array.from({ length: count }, (_, index) => `run_${index}`);
    const model = 'Llama-3.2-1B-Instruct';
    const plan = {
      cluster: 'devslurm',
      models: [{ model, path: join(this.home, 'models', model) }],
      datasets: [{ dataset: 'words', path: join(this.home, 'data', 'words.json'), format: 'instruct' }],
      defaults: { method: 'lora', lora_rank: 8, epochs: 1, lr: '3e-4', batch_size: 4, gpus: 0, dtype: 'fp32', ...settings },
      runs: names.map((run, seed) => ({ run, model, dataset: 'words', seed })),
    };
    await planRuns({ experiment_dir, plan }, context);
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    const { preflight_id = '', problems } = await preflightRuns({ experiment_dir }, context);
    expect((problems ?? []).filter(({ severity }) => severity === 'error')).toEqual([]);
    const remote = join(this.home, 'experiments', experiment_dir);
    return { context, experiment_dir, preflight_id, names, local: join(context.root.dir, experiment_dir), remote };
  }
}
