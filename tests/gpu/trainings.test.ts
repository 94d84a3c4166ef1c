import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RunInput } from '../../server/plan/input.ts';
import { STEPS_AN_EPOCH, TorchtuneJobs } from '../support/torchtune_jobs.ts';
import { gpuPython } from './gpu.ts';

const words = { model: 'wider', dataset: 'words' };
const RUNS: RunInput[] = [
  // An epoch takes a second.
  { run: 'stopped', ...words, method: 'lora', epochs: 30, save_adapter_weights_only: true },
  { run: 'offloaded', ...words, method: 'lora', activation_checkpointing: true, activation_offloading: true },
  { run: 'full', ...words, method: 'full', optimizer_in_bwd: true },
  { run: 'packed', ...words, method: 'dora', packed: true, max_seq_len: 256, batch_size: 1 },
  { run: 'compiled', ...words, method: 'qlora', compile: true },
  { run: 'pairs', model: 'wider', dataset: 'pairs', method: 'lora' },
  { run: 'taught', ...words, method: 'lora', teacher_model: 'tiny' },
];

test('on a real GPU every method trains to its end, from the plan on, and a stopped run goes on', async () => {
  const jobs = await TorchtuneJobs.prepareOnGpu(gpuPython, RUNS);
  expect(await jobs.launch('new')).toBe(RUNS.length);
  await jobs.cancelInEpoch2('stopped');
  await jobs.untilDone({ COMPLETED: RUNS.length - 1, CANCELLED: 1 });
  expect(await jobs.launch('resume')).toBe(1);
  await jobs.untilDone({ COMPLETED: RUNS.length });

  expect(jobs.steps('stopped').at(-1)?.step).toBe(30 * STEPS_AN_EPOCH);
  // Nothing is preferred at first: the logarithm of 2.
  expect(jobs.losses('pairs')[0]).toBeCloseTo(Math.LN2, 2);
  for (const { run } of RUNS) {
    const steps = jobs.steps(run);
    expect(steps.at(-1)?.loss, run).toBeLessThan(steps[0]?.loss ?? 0);
    expect(steps.at(-1)?.memory_gib, run).toBeGreaterThan(0);
    expect(existsSync(jobs.file(run, 'artifacts/epoch_0'))).toBe(true);
  }
  const log = readFileSync(jobs.file('full', 'logs/attempt-1.out'), 'utf8');
  expect(log).toMatch(/^GPU 0: NVIDIA /m);
});

test('a real CUDA OOM is told as one, and smaller batches are taken until the run fits, with the effective batch unchanged', async () => {
  const jobs = await TorchtuneJobs.prepareOnGpu(gpuPython, [
    { run: 'large', model: 'wider', dataset: 'long', method: 'lora', batch_size: 256, max_seq_len: 1024, max_steps_per_epoch: 1 },
  ]);
  await jobs.launch('new');
  let batch = 256;
  for (; (await jobs.ended()).FAILED === 1; batch /= 2) {
    const [failure, ...others] = (await jobs.diagnosis()).groups;
    expect(others).toEqual([]);
    expect(failure).toMatchObject({ cause: 'cuda_oom', runs: ['large'], mode: 'retry', safe_to_retry: true });
    expect(failure?.untrusted_evidence.join('\n')).toMatch(/OutOfMemoryError: CUDA out of memory\. Tried to allocate/);
    await jobs.launch('retry');
  }
  expect(await jobs.ended()).toEqual({ COMPLETED: 1 });
  expect(batch).toBeLessThan(256);
  const attempt = Math.log2(256 / batch) + 1;
  const config = parse(readFileSync(jobs.file('large', `attempts/${attempt}/finetune.yaml`), 'utf8'));
  expect(config).toMatchObject({ batch_size: batch, gradient_accumulation_steps: 256 / batch });
});
