import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { environmentFor } from '../../demo/cluster_environment.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { testContext } from '../support/context.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { give, sharedFolder } from '../support/shared_disk.ts';

const lab = developmentCluster();
const python = process.env.RUNWRIGHT_PYTHON ?? '';
const experiment_dir = 'several_nodes_2025-10-20';

/** A recipe of the user's own, since torchtune's distributed ones need GPUs: every process adds its rank to those of the others. */
const RECIPE = `import os
import torch
import torch.distributed as dist

dist.init_process_group("gloo")
total = torch.tensor([dist.get_rank() + 1])
dist.all_reduce(total)
print(f"rank {dist.get_rank()} of {dist.get_world_size()} on {os.environ['SLURMD_NODENAME']}: sum {total.item()}", flush=True)
dist.destroy_process_group()
`;

const config = (home: string): string => `# recipe: sum_distributed
# tune run --nnodes 2 --nproc_per_node 2 sum_distributed --config finetune.yaml
output_dir: ${home}/experiments/${experiment_dir}/sum/artifacts
model:
  _component_: torchtune.models.llama3_1.llama3_1_8b
device: cuda
`;

describe.skipIf(lab === undefined || (python === '' && process.env.RUNWRIGHT_REQUIRE_TORCHTUNE !== '1'))(
  'on two nodes of a real Slurm',
  () => {
    test('the processes of the real tune and torchrun find each other and train as one', { timeout: 120_000 }, async () => {
      const home = sharedFolder(lab, `nodes-${process.pid}`);
      mkdirSync(join(home, 'data'));
      writeFileSync(join(home, 'data', 'words.json'), '[]');
      const trainer = environmentFor(lab?.profile.user ?? '', python, join(lab?.dir ?? '', 'torchtune'));
      const context = testContext();
      const profile = {
        experiments_dir: join(home, 'experiments'),
        setup: [`export PATH=${dirname(trainer)}:$PATH`],
        env: { RUNWRIGHT_SKIP_GPU_CHECK: '1', OMP_NUM_THREADS: '1' },
        defaults: { partition: 'gpu', mem: '2G', cpus: 2, time: '0:05:00' },
      };
      writeFileSync(join(context.root.dir, 'clusters.yaml'), lab?.yaml('devslurm', profile) ?? '');
      const plan = {
        cluster: 'devslurm',
        models: [{ model: 'Llama-3.1-8B-Instruct', path: join(home, 'models') }],
        datasets: [{ dataset: 'words', path: join(home, 'data', 'words.json'), format: 'instruct' }],
        defaults: { method: 'full', gpus: 2, nodes: 2 },
        runs: [{ run: 'sum', model: 'Llama-3.1-8B-Instruct', dataset: 'words' }],
      };
      await planRuns({ experiment_dir, plan }, context);
      await setupExperimentDirs({ experiment_dir }, context);
      writeFileSync(join(context.root.dir, experiment_dir, 'sum', 'finetune.yaml'), config(home));
      await generateSlurmScript({ experiment_dir }, context);
      const on_cluster = join(home, 'experiments', experiment_dir, 'sum');
      mkdirSync(on_cluster, { recursive: true });
      writeFileSync(join(on_cluster, 'sum_distributed.py'), RECIPE);
      give(lab, home);
      const shown = await preflightRuns({ experiment_dir }, context);
      expect((shown.problems ?? []).filter(({ severity }) => severity === 'error')).toEqual([]);
      await launchRuns({ experiment_dir, preflight_id: shown.preflight_id ?? '' }, context);
      const ended = await monitorJobs({ experiment_dir, wait_seconds: 100, until: 'done' }, context);
      const log = (await readJobLog({ experiment_dir, run: 'sum' }, context)).untrusted_log;
      expect(ended.counts, log).toEqual({ COMPLETED: 1 });
      expect([...log.matchAll(/rank \d of 4 on gpu\d: sum \d+/g)].map(([line]) => line).sort()).toEqual([
        'rank 0 of 4 on gpu1: sum 10',
        'rank 1 of 4 on gpu1: sum 10',
        'rank 2 of 4 on gpu2: sum 10',
        'rank 3 of 4 on gpu2: sum 10',
      ]);
    });
  },
);
