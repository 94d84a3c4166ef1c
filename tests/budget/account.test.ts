import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openClient } from '../client/clients.ts';
import { CAP_CROSS_EVAL, capCrossEvalPlan } from '../support/cap_cross_eval.ts';
import { temporaryFolder } from '../support/context.ts';
import { emptyModel, standInTune, wordData } from '../support/stand_in_tune.ts';
import { Account, throughPipeline } from './account.ts';

const CALLS = 12;
const TOKENS = 12_000;

function laptop(): { home: string; models: string; data: string } {
  const home = temporaryFolder();
  const bin = standInTune(join(home, 'bin'));
  mkdirSync(join(home, 'experiments'));
  writeFileSync(join(home, 'experiments', 'clusters.yaml'), `local:\n  setup:\n    - export PATH=${bin}:$PATH\n`);
  const models = join(home, 'models');
  for (const [model, weights] of [
    ['Llama-3.2-1B-Instruct', ['model.safetensors']],
    ['Llama-3.2-3B-Instruct', ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']],
  ] as const)
    emptyModel(join(models, model), ['config.json', 'original/tokenizer.model', ...weights]);
  const data = join(home, 'data');
  wordData(data, ['words_5L.json', 'words_9L.json', 'words_13L.json'], 64);
  return { home, models, data };
}

const ON_CPU = { gpus: 0, dtype: 'fp32', cpus: 1, mem: '1G' };

test('from an empty folder to 14 runs that have ended: at most 12 calls and 12,000 tokens, skills and schemas included', async () => {
  const { home, ...places } = laptop();
  const { plan, ...rest } = capCrossEvalPlan({ cluster: 'local', ...places });
  const account = new Account(await openClient('v2 modern', { home }));
  const experiment = { experiment_dir: CAP_CROSS_EVAL, plan: { ...plan, defaults: { ...plan.defaults, ...ON_CPU } }, ...rest };
  const preflight_id = await throughPipeline(account, experiment);
  const { experiment_dir } = experiment;
  const launched = await account.call('launch_runs', { experiment_dir, preflight_id });
  account.readSkill('monitor-jobs');
  const ended = await account.call('monitor_jobs', { experiment_dir, wait_seconds: 240, until: 'done' }, 250_000);
  process.stdout.write(`\n14 runs\n${account.text}\n`);
  expect(launched).toMatchObject({ counts: { submitted: 12, uncertain: 0, refused: 0 } });
  expect(ended).toMatchObject({ counts: { COMPLETED: 12 }, attention: [], done: true });
  expect(account.calls).toBeLessThanOrEqual(CALLS);
  expect(account.total).toBeLessThanOrEqual(TOKENS);
}, 300_000);
