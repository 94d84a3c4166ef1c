import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { templatePath } from '../../../server/model/template_folder.ts';
import { configOf } from './saved_files.ts';

const python = process.env.RUNWRIGHT_PYTHON;
const required = process.env.RUNWRIGHT_REQUIRE_TORCHTUNE === '1';
if (python === undefined)
  process.stderr.write('\nSKIPPED: RUNWRIGHT_PYTHON names no Python with torchtune, so no adapter of its own was finished.\n');

const finish = templatePath('torchtune/finish_run.py');
const top = mkdtempSync(join(tmpdir(), 'finish-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe.skipIf(python === undefined && !required)('an adapter that torchtune saved', () => {
  it('makes of its base model what torchtune merges it into, once it is finished', () => {
    const script = new URL('./adapters_of_torchtune.py', import.meta.url).pathname;
    const folder = mkdtempSync(join(top, 'real-'));
    const lines = execFileSync(python ?? 'RUNWRIGHT_PYTHON', [script, folder, finish], { encoding: 'utf8' })
      .trim()
      .split('\n');
    const config = {
      base_model_name_or_path: 'base',
      task_type: 'CAUSAL_LM',
      r: 4,
      lora_alpha: 8,
      target_modules: ['q_proj', 'k_proj', 'v_proj'],
      peft_type: 'LORA',
    };
    const lora = {
      wrong_when_finished: [],
      again_the_same: true,
      files: ['adapter_config.json', 'adapter_model.safetensors', 'base_model_config.json'],
      config,
    };
    const dora = {
      ...lora,
      files: ['adapter_config.json', 'adapter_model.safetensors', 'config.json'],
      config: { ...config, use_dora: true },
    };
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { model_type: 'LLAMA3', dora: false, wrong_as_saved: [], ...lora },
      { model_type: 'LLAMA3', dora: true, wrong_as_saved: ['q_proj', 'k_proj'], ...dora },
      { model_type: 'QWEN2', dora: false, wrong_as_saved: ['q_proj', 'k_proj'], ...lora },
      { model_type: 'QWEN2', dora: true, wrong_as_saved: ['q_proj', 'k_proj'], ...dora },
    ]);
  });
});

describe('what a run leaves', () => {
  let run = '';
  const base = join(top, 'base');
  const tidy = (): string => execFileSync('python3', [finish, run, base, 'LLAMA3'], { encoding: 'utf8' });
  const files = (): string[] =>
    readdirSync(run, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(run, name)).isFile())
      .sort();
  const write = (path: string, text: string | Buffer, mode = 0o600): void => {
    mkdirSync(join(run, path, '..'), { recursive: true });
    writeFileSync(join(run, path), text, { mode });
  };
  /** A safetensors file without a tensor. */
  const empty = (): Buffer => Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]);

  beforeEach(() => {
    run = mkdtempSync(join(top, 'run-'));
    mkdirSync(base, { recursive: true });
    writeFileSync(join(base, 'config.json'), '{"num_attention_heads": 4, "num_key_value_heads": 2}');
    for (const epoch of ['epoch_0', 'epoch_1']) {
      write(`${epoch}/adapter_model.pt`, 'torch');
      write(`${epoch}/adapter_model.safetensors`, empty());
      write(`${epoch}/adapter_config.json`, '{"r": 8, "base_model_name_or_path": "meta-llama/Llama-3.2-1B"}');
      write(`${epoch}/config.json`, '{}');
    }
  });

  it('has the adapter beside a whole model in a folder of its own, and torchtune still finds what it goes on from', () => {
    for (const epoch of ['epoch_0', 'epoch_1']) write(`${epoch}/model-00001-of-00001.safetensors`, empty());
    expect(tidy()).toBe(
      'runwright: epoch_0: the whole model; its adapter is in adapter/\nrunwright: epoch_1: the whole model; its adapter is in adapter/\n',
    );
    const expected = [
      'adapter/adapter_config.json',
      'adapter/adapter_model.safetensors',
      'adapter_model.pt',
      'config.json',
      'model-00001-of-00001.safetensors',
    ];
    expect(files()).toEqual(['epoch_0', 'epoch_1'].flatMap((epoch) => expected.map((name) => `${epoch}/${name}`)));
    expect(tidy()).toBe('');
    expect(statSync(join(run, 'epoch_0/model-00001-of-00001.safetensors')).mode & 0o044).toBe(0o044);
  });

  it('keeps the name of the base model that it has, and passes for no whole model', () => {
    expect(tidy()).toBe(
      'runwright: epoch_0: an adapter for meta-llama/Llama-3.2-1B\nrunwright: epoch_1: an adapter for meta-llama/Llama-3.2-1B\n',
    );
    expect(files().filter((name) => name.startsWith('epoch_0'))).toEqual(
      ['adapter_config.json', 'adapter_model.pt', 'adapter_model.safetensors', 'base_model_config.json'].map((name) => `epoch_0/${name}`),
    );
    const before = files().map((name) => readFileSync(join(run, name), 'utf8'));
    tidy();
    expect(files().map((name) => readFileSync(join(run, name), 'utf8'))).toEqual(before);
  });

  it('is put right by the next call, when a call was cut off half way', () => {
    for (const epoch of ['epoch_0', 'epoch_1']) write(`${epoch}/model-00001-of-00001.safetensors`, empty());
    // The adapter is moved, and its config still stands at its old place.
    mkdirSync(join(run, 'epoch_0/adapter'));
    execFileSync('mv', [join(run, 'epoch_0/adapter_model.safetensors'), join(run, 'epoch_0/adapter/')]);
    tidy();
    expect(existsSync(join(run, 'epoch_0/adapter_config.json'))).toBe(false);
    expect(files()).toContain('epoch_0/adapter/adapter_config.json');
  });

  it('is looked for where the config says, with the words that it needs', () => {
    const after = torchtune.afterTraining(configOf({ method: 'dora' }));
    expect(after).toMatchObject({
      doing: 'making the checkpoints fit for others to load',
      words: ['/scratch/e/a_run/artifacts', '/scratch/models/Llama-3.2-1B-Instruct', 'LLAMA3_2'],
    });
    const meta = configOf({ method: 'full' }).replace('FullModelHFCheckpointer', 'FullModelMetaCheckpointer');
    expect(torchtune.afterTraining(meta)).toBeUndefined();
  });
});
