import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { environmentFor } from '../../demo/cluster_environment.ts';
import { TINY_LLAMA, writeTinyModel } from '../../demo/tiny_model.ts';
import { wordsFile } from '../../demo/words.ts';
import { newestAttempt, readSteps } from '../../server/frameworks/torchtune/runs/metric_lines.ts';
import { cancelRuns } from '../../server/stages/cancel_runs.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { type TestContext, testContext } from '../support/context.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { give, sharedFolder } from '../support/shared_disk.ts';

const lab = developmentCluster();
const python = process.env.RUNWRIGHT_PYTHON ?? '';
const experiment_dir = 'tiny_2025-10-20';
/** NF4 takes weights whose numbers are a multiple of 16,384. */
const WIDER = { ...TINY_LLAMA, embed_dim: 256, intermediate_dim: 512 };
const ROWS = 48;
const STEPS_AN_EPOCH = ROWS / 4;
/** Each word with its capitals preferred to the word as it was. */
const pairsFile = (words: string): string => {
  const talk = (asked: string, answer: string) => [
    { role: 'user', content: asked },
    { role: 'assistant', content: answer },
  ];
  const rows = JSON.parse(words) as { input: string; output: string }[];
  return JSON.stringify(rows.map(({ input, output }) => ({ chosen: talk(input, output), rejected: talk(input, input) })));
};
const loader = new URL('./adapter_and_whole.py', import.meta.url).pathname;

describe.skipIf(lab === undefined || (python === '' && process.env.RUNWRIGHT_REQUIRE_TORCHTUNE !== '1'))(
  'the real torchtune in jobs of a real Slurm',
  () => {
    let home = '';
    let trainer = '';
    let context: TestContext;

    beforeAll(async () => {
      home = sharedFolder(lab, `torchtune-${process.pid}`);
      mkdirSync(join(home, 'data'));
      writeFileSync(join(home, 'data', 'words.json'), wordsFile(5, ROWS));
      writeFileSync(join(home, 'data', 'pairs.json'), pairsFile(wordsFile(5, ROWS)));
      await Promise.all([writeTinyModel(join(home, 'models', 'tiny')), writeTinyModel(join(home, 'models', 'wider'), WIDER)]);
      give(lab, home);
      trainer = environmentFor(lab?.profile.user ?? '', python, join(lab?.dir ?? '', 'torchtune'));
    });

    const file = (run: string, path: string): string => join(home, 'experiments', experiment_dir, run, path);
    const steps = (run: string) => readSteps(readFileSync(file(run, 'logs/metrics.log'), 'utf8')).steps;
    const losses = (run: string): (number | undefined)[] => newestAttempt(steps(run)).map(({ loss }) => loss);

    async function launch(mode: 'new' | 'resume') {
      const shown = await preflightRuns({ experiment_dir, mode }, context);
      expect((shown.problems ?? []).filter(({ severity }) => severity === 'error')).toEqual([]);
      await launchRuns({ experiment_dir, preflight_id: shown.preflight_id ?? '' }, context);
      return shown;
    }

    async function untilDone(counts: Record<string, number>): Promise<void> {
      const ended = await monitorJobs({ experiment_dir, wait_seconds: 200, until: 'done' }, context);
      const failed = ended.attention.find(({ state }) => state === 'FAILED')?.run;
      const log = failed === undefined ? '' : (await readJobLog({ experiment_dir, run: failed }, context)).untrusted_log;
      expect(ended.counts, log).toEqual(counts);
    }

    test('LoRA, full, QLoRA, packed DoRA, pairs and a teacher train to the end; runs stopped in epoch 2 go on as if they had not been', {
      timeout: 500_000,
    }, async () => {
      context = testContext();
      const profile = {
        experiments_dir: join(home, 'experiments'),
        setup: [`export PATH=${dirname(trainer)}:$PATH`],
        env: { HF_HUB_OFFLINE: '1', HF_HOME: join(home, 'hf'), OMP_NUM_THREADS: '1' },
        defaults: { partition: 'cpu', mem: '4G', cpus: 1 },
      };
      writeFileSync(join(context.root.dir, 'clusters.yaml'), lab?.yaml('devslurm', profile) ?? '');
      const model = (name: string, sizes: typeof TINY_LLAMA | typeof WIDER) => ({
        model: name,
        path: join(home, 'models', name),
        builder: 'llama3',
        ...sizes,
      });
      const plan = {
        cluster: 'devslurm',
        models: [model('tiny', TINY_LLAMA), model('wider', WIDER)],
        datasets: [
          { dataset: 'words', path: join(home, 'data', 'words.json'), format: 'instruct' },
          { dataset: 'pairs', path: join(home, 'data', 'pairs.json'), format: 'preference' },
        ],
        defaults: {
          epochs: 1,
          lr: '1e-3',
          batch_size: 4,
          gradient_accumulation_steps: 1,
          warmup_steps: 2,
          gpus: 0,
          dtype: 'fp32',
          time: '0:10:00',
        },
        runs: [
          { run: 'stopped', model: 'tiny', dataset: 'words', method: 'lora', epochs: 2, save_adapter_weights_only: true },
          { run: 'unstopped', model: 'tiny', dataset: 'words', method: 'lora', epochs: 2, save_adapter_weights_only: true },
          { run: 'pairs_stopped', model: 'tiny', dataset: 'pairs', method: 'lora', epochs: 2, save_adapter_weights_only: true },
          { run: 'pairs_unstopped', model: 'tiny', dataset: 'pairs', method: 'lora', epochs: 2, save_adapter_weights_only: true },
          { run: 'taught', model: 'tiny', dataset: 'words', method: 'lora', teacher_model: 'wider', kd_ratio: 0.3 },
          { run: 'lora', model: 'tiny', dataset: 'words', method: 'lora' },
          { run: 'full', model: 'tiny', dataset: 'words', method: 'full' },
          { run: 'qlora', model: 'wider', dataset: 'words', method: 'qlora', max_steps_per_epoch: 5 },
          { run: 'dora', model: 'tiny', dataset: 'words', method: 'dora', packed: true, max_seq_len: 128 },
        ],
      };
      await planRuns({ experiment_dir, plan }, context);
      await setupExperimentDirs({ experiment_dir }, context);
      await createTorchtuneConfig({ experiment_dir }, context);
      await generateSlurmScript({ experiment_dir }, context);
      await launch('new');

      for (const run of ['stopped', 'pairs_stopped']) {
        await inEpoch2(run);
        const shown = await cancelRuns({ experiment_dir, runs: [run] }, context);
        await cancelRuns({ experiment_dir, runs: [run], confirm: shown.cancel_id }, context);
      }
      await untilDone({ COMPLETED: 7, CANCELLED: 2 });
      for (const run of ['stopped', 'pairs_stopped']) expect(steps(run).length).toBeLessThan(2 * STEPS_AN_EPOCH);
      expect(await launch('resume')).toMatchObject({ jobs: 2 });
      await untilDone({ COMPLETED: 9 });

      for (const before of ['', 'pairs_']) {
        // Each step of epoch 2 has the very loss of the run that nobody stopped.
        expect(losses(`${before}unstopped`)).toHaveLength(2 * STEPS_AN_EPOCH);
        expect(losses(`${before}stopped`)).toEqual(losses(`${before}unstopped`).slice(STEPS_AN_EPOCH));
        expect(readFileSync(file(`${before}stopped`, 'artifacts/epoch_1/adapter_model.safetensors'))).toEqual(
          readFileSync(file(`${before}unstopped`, 'artifacts/epoch_1/adapter_model.safetensors')),
        );
      }
      // Nothing is preferred at first: the logarithm of 2.
      expect(losses('pairs_unstopped')[0]).toBeCloseTo(Math.LN2, 5);
      for (const [run, count] of [
        ['lora', 12],
        ['full', 12],
        ['taught', 12],
        ['pairs_unstopped', 24],
        ['qlora', 5],
      ] as const) {
        expect(losses(run)).toHaveLength(count);
        expect(losses(run).at(-1)).toBeLessThan(losses(run)[0] ?? 0);
      }
      // Packed rows are fewer.
      expect(losses('dora').length).toBeGreaterThan(0);
      expect(losses('dora').length).toBeLessThan(STEPS_AN_EPOCH);
      for (const run of ['lora', 'dora']) expect(loaded(run)).toEqual({ modules: 12, dora: run === 'dora', equal: true, readable: true });
    });

    async function inEpoch2(run: string): Promise<void> {
      for (let waited = 0; waited < 120_000; waited += 200) {
        try {
          if (steps(run).length > STEPS_AN_EPOCH) return;
        } catch {
          // The log is not there yet.
        }
        await sleep(200);
      }
      throw new Error(`${run} did not get to its second epoch`);
    }

    /** What the adapter's folder makes of the base model, against the whole model that was saved beside it. */
    const loaded = (run: string): unknown =>
      JSON.parse(execFileSync(python, [loader, join(home, 'models', 'tiny'), file(run, 'artifacts/epoch_0')], { encoding: 'utf8' }));
  },
);
