import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { readTree } from '../../../server/frameworks/torchtune/reading/config_tree.ts';
import { type Cells, configText, requestFor, TINY_LLAMA3 } from '../example_plan.ts';

const python = process.env.RUNWRIGHT_PYTHON;
const required = process.env.RUNWRIGHT_REQUIRE_TORCHTUNE === '1';
if (python === undefined)
  process.stderr.write('\nSKIPPED: RUNWRIGHT_PYTHON names no Python with torchtune 0.6.1, so the real torchtune checked no config.\n');

const folder = mkdtempSync(join(tmpdir(), 'torchtune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const checker = new URL('../../../python/check_configs.py', import.meta.url).pathname;

type Example = Parameters<typeof requestFor>[1];
const cases: [string, Cells, Example?][] = [];
for (const model of torchtune.known_models) {
  for (const method of ['lora', 'qlora', 'dora', 'full']) {
    if (method === 'dora' && model.includes('405B')) continue;
    cases.push([`${model}_${method}`, { method }, { model }], [`${model}_${method}_gpus`, { method, gpus: 4 }, { model }]);
  }
}
/** Pairs, and each model as its own teacher: the recipes of preferences and of distillation take every model. */
const PAIRS = { dataset: { format: 'preference', path: '/d/pairs.jsonl' } };
for (const model of torchtune.known_models) {
  for (const method of ['lora', 'qlora', 'dora']) {
    if (method === 'dora' && model.includes('405B')) continue;
    const taught = { method, teacher_model: model };
    if (method !== 'dora') cases.push([`${model}_dpo_${method}`, { method }, { model, ...PAIRS }]);
    cases.push([`${model}_dpo_${method}_gpus`, { method, gpus: 4 }, { model, ...PAIRS }]);
    cases.push([`${model}_kd_${method}`, taught, { model }], [`${model}_kd_${method}_gpus`, { ...taught, gpus: 4 }, { model }]);
  }
  cases.push([`${model}_dpo_full_gpus`, { method: 'full', gpus: 4 }, { model, ...PAIRS }]);
}
const text = (name: string, cells: Cells, dataset: NonNullable<Example>['dataset'] = {}) =>
  cases.push([name, cells, { dataset: { ...dataset } }]);
text('chat', { train_on_input: true }, { format: 'chat', system_prompt: 'yes' });
text('sharegpt', { 'dataset.conversation_style': 'sharegpt' }, { format: 'chat' });
text('alpaca', { packed: true, max_seq_len: 512 }, { format: 'alpaca', output_column: 'answer' });
text('completion', { packed: true, max_seq_len: 512 }, { format: 'completion' });
text('csv', {}, { path: '/d/a.csv', input_column: 'no', output_column: '1:30' });
text('field', {}, { field: 'train', split: 'train[:10%]' });
text('component', {}, { format: 'torchtune.datasets.grammar_dataset', path: 'owner/name' });
text('prompt', { prompt: 'Say "this": {input} # \\n\u2028 😀 – yes' }, {});
text('template', {}, { prompt_template: 'torchtune.data.QuestionAnswerTemplate' });
text('optimizer', {
  optimizer: 'torch.optim.Adam',
  'optimizer.betas': '[0.9, 0.95]',
  'profiler.wait_steps': 1,
  weight_decay: 1,
  clip_grad_norm: 1,
});
text('constant', { lr_scheduler: 'constant', method: 'full', warmup_steps: 0, lr: 1e-7 });
text('in_backward', { method: 'full', optimizer_in_bwd: true, gradient_accumulation_steps: 1, optimizer: 'paged_adamw8bit' });
text('rso', { 'loss._component_': 'torchtune.rlhf.loss.RSOLoss', 'loss.gamma': 0.2 }, PAIRS.dataset);
text('beta', { 'loss.beta': 0.3, 'loss.label_smoothing': 0.1 }, { ...PAIRS.dataset, chosen_column: 'yes', rejected_column: 'no' });
text('paired', {}, { format: 'torchtune.datasets.stack_exchange_paired_dataset', path: '/d/pairs.json', input_column: 'ask' });
text('helpful', {}, { format: 'torchtune.datasets.hh_rlhf_helpful_dataset', path: 'owner/name' });
const symmetric = 'torchtune.modules.loss.SymmetricKLWithChunkedOutputLoss';
text('symmetric', { teacher_model: 'Llama-3.2-3B-Instruct', 'kd_loss._component_': symmetric, 'kd_loss.sym_kd_ratio': 0.3, kd_ratio: 0.7 });
cases.push(['tiny_taught', { gpus: 0, teacher_model: 'tiny' }, { model: 'tiny', planned: TINY_LLAMA3 }]);
for (const method of ['lora', 'dora', 'full']) cases.push([`tiny_${method}`, { method, gpus: 0 }, { model: 'tiny', planned: TINY_LLAMA3 }]);
const example = { path: '/d/a.json' };
cases.push(['tiny_output', { gpus: 0, lora_modules: ['k_proj', 'output'] }, { model: 'tiny', planned: TINY_LLAMA3, dataset: example }]);

interface Verdict {
  file: string;
  ok: boolean;
  faults: string[];
  config: unknown;
}

describe.skipIf(python === undefined && !required)('the real torchtune', () => {
  it('has the version that we write for', () => {
    expect(
      execFileSync(python ?? 'RUNWRIGHT_PYTHON', ['-c', "from importlib.metadata import version; print(version('torchtune'))"]).toString(),
    ).toBe('0.6.1\n');
  });

  it(`accepts all ${cases.length} configs, and reads in them what we read`, { timeout: 180_000 }, () => {
    const files = cases.map(([name, cells, of]) => {
      const text = configText(requestFor(cells, of), name);
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, text);
      return { file, tree: readTree(text, name) };
    });
    const run = spawnSync(python ?? 'RUNWRIGHT_PYTHON', [checker, ...files.map(({ file }) => file)], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const verdicts = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict);
    expect(verdicts.filter(({ ok }) => !ok).map(({ file, faults }) => ({ file, faults }))).toEqual([]);
    expect(verdicts.map(({ config }) => config)).toEqual(files.map(({ tree }) => tree));
    expect(run.status).toBe(0);
  });

  it('is asked in a way that finds what is wrong', () => {
    const text = configText(requestFor({}));
    const broken: [string, RegExp, string, string][] = [
      ['key', /^epochs.*\n/m, '', 'missing key epochs'],
      ['argument', 'lora_rank:', 'lora_rankk:', 'ConfigError'],
      ['component', 'instruct_dataset', 'instruct_datasett', 'InstantiationError'],
      ['float', '3.0e-4', '"3.0e-4"', 'optimizer.lr is str, not float'],
    ].map(([name, from, to, fault]) => [name, from, to, fault] as [string, RegExp, string, string]);
    const files = broken.map(([name, from, to]) => {
      const file = join(folder, `broken_${name}.yaml`);
      writeFileSync(file, text.replace(from, to));
      return file;
    });
    const run = spawnSync(python ?? 'RUNWRIGHT_PYTHON', [checker, ...files], { encoding: 'utf8' });
    const faults = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Verdict).faults.join(' '));
    expect(run.status).toBe(1);
    for (const [index, [, , , fault]] of broken.entries()) expect(faults[index]).toContain(fault);
  });
});
