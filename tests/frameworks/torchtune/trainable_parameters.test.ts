import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { V0_6_1 } from '../../../server/frameworks/torchtune/versions/v0_6_1.ts';
import { type Cells, configText, requestFor, TINY_LLAMA3 } from '../example_plan.ts';

const python = process.env.RUNWRIGHT_PYTHON;
const required = process.env.RUNWRIGHT_REQUIRE_TORCHTUNE === '1';
if (python === undefined)
  process.stderr.write('\nSKIPPED: RUNWRIGHT_PYTHON names no Python with torchtune, so parameters were not counted.\n');

const folder = mkdtempSync(join(tmpdir(), 'torchtune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const checker = new URL('../../../python/check_configs.py', import.meta.url).pathname;

const cases: [string, Cells, Parameters<typeof requestFor>[1]?][] = [];

const models = torchtune.known_models.filter(
  (name) => V0_6_1.modelNamed(name)?.names[0] === name && !/405B|70b|70B|72B|32B|27b/.test(name),
);
for (const model of models) {
  const modules = ['q_proj', 'k_proj', 'v_proj', 'output_proj', 'mlp'];
  cases.push([`${model}_dora`, { method: 'dora', lora_rank: 4, lora_modules: modules }, { model }]);
}
const small = { model: 'Llama-3.2-1B-Instruct' };
cases.push(
  ['attention', { method: 'lora', lora_rank: 64, lora_modules: ['q_proj', 'v_proj'] }, small],
  ['full', { method: 'full' }, small],
  // Of a model that is made fit for quantisation, too, what is trained is what was trained before.
  ['qat_lora', { method: 'lora', gpus: 2, 'quantizer.groupsize': 256 }, small],
  ['qat_full', { method: 'full', gpus: 2, 'quantizer.groupsize': 256 }, small],
);
const tiny = { model: 'tiny', planned: TINY_LLAMA3, dataset: { path: '/d/a.json' } };
cases.push(['tiny_output', { gpus: 0, lora_modules: ['k_proj', 'output'] }, tiny], ['tiny_full', { gpus: 0, method: 'full' }, tiny]);

describe.skipIf(python === undefined && !required)('the parameters that torchtune itself counts', () => {
  it(`are those that we tell, in ${cases.length} configs`, { timeout: 120_000 }, () => {
    const told = cases.map(([name, cells, of]) => {
      const text = configText(requestFor(cells, of), name);
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, text);
      const { parameters, training } = torchtune.readConfig(text, name);
      return { file, parameters, trainable: training.trainable_parameters };
    });
    const run = spawnSync(python ?? 'RUNWRIGHT_PYTHON', [checker, '--build', ...told.map(({ file }) => file)], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const counted = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string; faults: string[]; parameters: number; adapter: number });
    expect(counted.flatMap(({ faults }) => faults)).toEqual([]);
    expect(told).toEqual(
      counted.map(({ file, parameters, adapter }) => ({ file, parameters, trainable: adapter === 0 ? parameters : adapter })),
    );
  });
});
