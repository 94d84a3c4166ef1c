import { describe, expect, test } from 'vitest';
import { developmentCluster } from '../support/development_cluster.ts';
import { TorchtuneJobs } from '../support/torchtune_jobs.ts';

const lab = developmentCluster();
const python = process.env.RUNWRIGHT_PYTHON ?? '';

describe.skipIf(lab === undefined || python === '')('a real training on pairs (DPO) in a job of a real Slurm', () => {
  if (lab === undefined) return;

  test('that is stopped in epoch 2 goes on as if it had not been', async () => {
    const pairs = { model: 'tiny', dataset: 'pairs', method: 'lora', epochs: 2, save_adapter_weights_only: true };
    const jobs = await TorchtuneJobs.prepare(lab, python, [
      { run: 'stopped', ...pairs },
      { run: 'unstopped', ...pairs },
    ]);
    await jobs.launch('new');
    await jobs.cancelInEpoch2('stopped');
    await jobs.untilDone({ COMPLETED: 1, CANCELLED: 1 });
    expect(await jobs.launch('resume')).toBe(1);
    await jobs.untilDone({ COMPLETED: 2 });
    jobs.wentOnAs('stopped', 'unstopped');
  });
});
