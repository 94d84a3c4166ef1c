import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTinyModel } from '../../demo/tiny_model.ts';
import { readSteps } from '../../server/frameworks/torchtune/runs/metric_lines.ts';
import { type Cells, configText, requestFor, TINY_LLAMA3 } from '../frameworks/example_plan.ts';
import { gpuPython } from './gpu.ts';

const CASES: Record<string, { cells: Cells; pairs?: true }> = {
  lora_finetune_distributed: { cells: { method: 'lora' } },
  full_finetune_distributed: { cells: { method: 'full' } },
  qat_distributed: { cells: { method: 'full', 'quantizer.groupsize': 32 } },
  qat_lora_finetune_distributed: { cells: { method: 'lora', 'quantizer.groupsize': 32 } },
  lora_dpo_distributed: { cells: { method: 'lora' }, pairs: true },
  full_dpo_distributed: { cells: { method: 'full' }, pairs: true },
  knowledge_distillation_distributed: { cells: { method: 'lora', teacher_model: 'tiny' } },
};

const folder = mkdtempSync(join(tmpdir(), 'runwright-gpu-'));
const model_dir = join(folder, 'model');
beforeAll(async () => {
  mkdirSync(model_dir);
  await writeTinyModel(model_dir);
  const said = (content: string) => [
    { role: 'user', content: 'say a word' },
    { role: 'assistant', content },
  ];
  const words = Array.from({ length: 16 }, (_, index) => ({ input: `word ${index}`, output: `WORD ${index}` }));
  const pairs = words.map(({ input, output }) => ({ chosen: said(output), rejected: said(input) }));
  writeFileSync(join(folder, 'instruct.json'), JSON.stringify(words));
  writeFileSync(join(folder, 'preference.json'), JSON.stringify(pairs));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.concurrent.each(Object.entries(CASES))('%s trains on a GPU, as a process of one', async (recipe, { cells, pairs }) => {
  const format = pairs === true ? 'preference' : 'instruct';
  const request = requestFor(
    { gpus: 2, batch_size: 2, gradient_accumulation_steps: 1, max_steps_per_epoch: 2, epochs: 1, ...cells },
    { model: 'tiny', planned: TINY_LLAMA3, dataset: { path: join(folder, `${format}.json`), format } },
  );
  const run_dir = join(folder, recipe);
  const text = configText({ ...request, places: { run_dir, model_dir, teacher_dir: model_dir } });
  expect(text).toContain(`\n# recipe: ${recipe}\n`);
  mkdirSync(join(run_dir, 'logs'), { recursive: true });
  const config = join(run_dir, 'finetune.yaml');
  writeFileSync(config, text);

  const tune = join(dirname(gpuPython), 'tune');
  const words = [tune, 'run', '--nproc_per_node', '1', recipe, '--config', config];
  const { exitCode, all } = await execa(gpuPython, words, { cwd: run_dir, all: true, reject: false });
  expect(exitCode, all.slice(-4000)).toBe(0);
  const { steps } = readSteps(readFileSync(join(run_dir, 'logs', 'metrics.log'), 'utf8'));
  expect(steps).toHaveLength(2);
  for (const { loss } of steps) expect(loss).toBeGreaterThan(0);
});
