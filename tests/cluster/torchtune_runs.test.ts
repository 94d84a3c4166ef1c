import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { developmentCluster } from '../support/development_cluster.ts';
import { STEPS_AN_EPOCH, TorchtuneJobs } from '../support/torchtune_jobs.ts';

const lab = developmentCluster();
const python = process.env.RUNWRIGHT_PYTHON ?? '';
const loader = new URL('./adapter_and_whole.py', import.meta.url).pathname;

describe.skipIf(lab === undefined || (python === '' && process.env.RUNWRIGHT_REQUIRE_TORCHTUNE !== '1'))(
  'the real torchtune in jobs of a real Slurm',
  () => {
    if (lab === undefined) return;

    test('LoRA, full, QLoRA, packed DoRA, pairs and a teacher train to the end; a run stopped in epoch 2 goes on as if it had not been', {
      timeout: 500_000,
    }, async () => {
      const jobs = await TorchtuneJobs.prepare(lab, python, [
        { run: 'stopped', model: 'tiny', dataset: 'words', method: 'lora', epochs: 2, save_adapter_weights_only: true },
        { run: 'unstopped', model: 'tiny', dataset: 'words', method: 'lora', epochs: 2, save_adapter_weights_only: true },
        { run: 'pairs', model: 'tiny', dataset: 'pairs', method: 'lora' },
        { run: 'taught', model: 'tiny', dataset: 'words', method: 'lora', teacher_model: 'wider', kd_ratio: 0.3 },
        { run: 'lora', model: 'tiny', dataset: 'words', method: 'lora' },
        { run: 'full', model: 'tiny', dataset: 'words', method: 'full' },
        { run: 'qlora', model: 'wider', dataset: 'words', method: 'qlora', max_steps_per_epoch: 5 },
        { run: 'dora', model: 'tiny', dataset: 'words', method: 'dora', packed: true, max_seq_len: 128 },
      ]);
      await jobs.launch('new');
      await jobs.cancelInEpoch2('stopped');
      await jobs.untilDone({ COMPLETED: 7, CANCELLED: 1 });
      expect(jobs.steps('stopped').length).toBeLessThan(2 * STEPS_AN_EPOCH);
      expect(await jobs.launch('resume')).toBe(1);
      await jobs.untilDone({ COMPLETED: 8 });

      jobs.wentOnAs('stopped', 'unstopped');
      // Nothing is preferred at first: the logarithm of 2.
      expect(jobs.losses('pairs')[0]).toBeCloseTo(Math.LN2, 5);
      for (const [run, count] of [
        ['lora', 12],
        ['full', 12],
        ['taught', 12],
        ['pairs', 12],
        ['qlora', 5],
      ] as const) {
        expect(jobs.losses(run)).toHaveLength(count);
        expect(jobs.losses(run).at(-1)).toBeLessThan(jobs.losses(run)[0] ?? 0);
      }
      // Packed rows are fewer.
      expect(jobs.losses('dora').length).toBeGreaterThan(0);
      expect(jobs.losses('dora').length).toBeLessThan(STEPS_AN_EPOCH);
      for (const run of ['lora', 'dora'])
        expect(loaded(jobs, run)).toEqual({ modules: 12, dora: run === 'dora', equal: true, readable: true });
    });

    /** What the adapter's folder makes of the base model, against the whole model that was saved beside it. */
    const loaded = (jobs: TorchtuneJobs, run: string): unknown =>
      JSON.parse(
        execFileSync(python, [loader, join(jobs.home, 'models', 'tiny'), jobs.file(run, 'artifacts/epoch_0')], { encoding: 'utf8' }),
      );
  },
);
