import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentFor } from '../../demo/cluster_environment.ts';
import { TINY_LLAMA, writeTinyModel } from '../../demo/tiny_model.ts';
import { wordsFile } from '../../demo/words.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { diagnoseRuns } from '../../server/stages/diagnose_runs.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { clusterHome } from '../support/cluster_experiment.ts';
import { type TestContext, testContext } from '../support/context.ts';
import { give } from '../support/shared_disk.ts';

const { lab, home, user, slurm } = clusterHome('stopped', {});
const python = process.env.RUNWRIGHT_PYTHON ?? '';
const experiment_dir = 'stopped_2025-10-20';
const EPOCHS = 4;
const ROWS = 240;

describe.skipIf(lab === undefined || python === '')('a real torchtune fine-tune that Slurm stops', () => {
  let context: TestContext;
  let trainer = '';

  beforeAll(async () => {
    mkdirSync(join(home, 'data'), { recursive: true });
    writeFileSync(join(home, 'data', 'words.json'), wordsFile(5, ROWS));
    await writeTinyModel(join(home, 'models', 'tiny'));
    give(lab, home);
    trainer = environmentFor(user, python, join(lab?.dir ?? '', 'torchtune'));
  });
  afterAll(() => {
    if (lab !== undefined) slurm('scancel', '-u', user);
  });

  const statusOf = (run: string) => parse(readFileSync(join(context.root.dir, experiment_dir, 'runs_status.yaml'), 'utf8')).runs[run];
  const saved = (run: string, path: string): boolean => existsSync(join(home, 'experiments', experiment_dir, run, 'artifacts', path));

  async function launch(mode: 'new' | 'resume') {
    const shown = await preflightRuns({ experiment_dir, mode }, context);
    expect(shown.problems?.filter(({ severity }) => severity === 'error') ?? []).toEqual([]);
    expect(await launchRuns({ experiment_dir, preflight_id: shown.preflight_id ?? '' }, context)).toMatchObject({
      counts: { submitted: 2 },
    });
    return shown;
  }

  test('by its time limit or for a job of higher priority, goes on from its last checkpoint to COMPLETED', async () => {
    context = testContext();
    const profile = {
      experiments_dir: join(home, 'experiments'),
      setup: [`export PATH=${dirname(trainer)}:$PATH`],
      env: { HF_HUB_OFFLINE: '1', HF_HOME: join(home, 'hf'), OMP_NUM_THREADS: '1' },
      defaults: { partition: 'cpu', mem: '4G', cpus: 1 },
    };
    writeFileSync(join(context.root.dir, 'clusters.yaml'), lab?.yaml('devslurm', profile) ?? '');
    const plan = {
      cluster: 'devslurm',
      models: [{ model: 'tiny', path: join(home, 'models', 'tiny'), builder: 'llama3', ...TINY_LLAMA }],
      datasets: [{ dataset: 'words', path: join(home, 'data', 'words.json'), format: 'instruct' }],
      defaults: {
        method: 'lora',
        lora_rank: 4,
        epochs: EPOCHS,
        lr: '1e-3',
        batch_size: 4,
        gradient_accumulation_steps: 1,
        warmup_steps: 2,
        gpus: 0,
        dtype: 'fp32',
        save_adapter_weights_only: true,
        time: '0:30:00',
      },
      runs: [
        { run: 'timed_out', model: 'tiny', dataset: 'words' },
        { run: 'preempted', model: 'tiny', dataset: 'words', partition: 'gpu', constraint: 'h100', qos: 'low', cpus: 96 },
      ],
    };
    await planRuns({ experiment_dir, plan }, context);
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    await launch('new');

    for (let tries = 0; tries < 600 && !['timed_out', 'preempted'].every((run) => saved(run, 'recipe_state')); tries += 1) await sleep(300);
    await monitorJobs({ experiment_dir }, context);
    slurm('scontrol', 'update', `jobid=${statusOf('timed_out').attempts[0].job_id}`, 'EndTime=now+1');
    const urgent = ['-q', 'high', '-p', 'gpu', '-w', 'gpu3', '-c', '96', '--mem=100M', '--time=1', '-o', '/dev/null', '--wrap', 'sleep 1'];
    slurm('runuser', '-u', user, '--', 'sbatch', '-D', home, ...urgent);
    const stopped = await monitorJobs({ experiment_dir, wait_seconds: 120, until: 'done' }, context);
    expect(stopped.counts).toEqual({ TIMEOUT: 1, PREEMPTED: 1 });
    const found = await diagnoseRuns({ experiment_dir }, context);
    expect(found.groups.map(({ cause, runs, mode }) => [cause, runs, mode])).toEqual([
      ['time_limit', ['timed_out'], 'resume'],
      ['preempted', ['preempted'], 'resume'],
    ]);

    const shown = await launch('resume');
    expect(
      shown.changes
        .filter(({ change }) => change.startsWith('goes on after epoch '))
        .flatMap(({ runs }) => runs)
        .sort(),
    ).toEqual(['preempted', 'timed_out']);
    const ended = await monitorJobs({ experiment_dir, wait_seconds: 400, until: 'done' }, context);
    expect(ended).toMatchObject({ counts: { COMPLETED: 2 }, attention: [] });
    for (const run of ['timed_out', 'preempted']) {
      expect(saved(run, `epoch_${EPOCHS - 1}/adapter_model.safetensors`)).toBe(true);
      expect(statusOf(run).attempts[1].resumed_from).toMatch(/^after epoch [123] of 4$/);
    }
    expect(await diagnoseRuns({ experiment_dir }, context)).toMatchObject({ groups: [] });
  });
});
