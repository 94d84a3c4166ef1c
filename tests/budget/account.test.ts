import { expect, test } from 'vitest';
import { openClient } from '../client/clients.ts';
import { CAP_CROSS_EVAL, capCrossEvalPlan } from '../support/cap_cross_eval.ts';
import { Account, throughPipeline } from './account.ts';
import { laptop, ON_CPU } from './laptop.ts';

const CALLS = 12;
const TOKENS = 12_000;

test('from an empty folder to 14 runs that have ended: at most 12 calls and 12,000 tokens, skills and schemas included', async () => {
  const { home, ...places } = laptop();
  const { plan, ...rest } = capCrossEvalPlan({ cluster: 'local', ...places });
  const account = new Account(await openClient('v2 modern', { home }));
  const experiment = { experiment_dir: CAP_CROSS_EVAL, plan: { ...plan, defaults: { ...plan.defaults, ...ON_CPU } }, ...rest };
  const preflight_id = await throughPipeline(account, experiment);
  const { experiment_dir } = experiment;
  const launched = await account.call('launch_runs', { experiment_dir, preflight_id, confirm: true });
  account.readSkill('monitor-jobs');
  const ended = await account.call('monitor_jobs', { experiment_dir, wait_seconds: 240, until: 'done' }, 250_000);
  process.stdout.write(`\n14 runs\n${account.text}\n`);
  expect(launched).toMatchObject({ counts: { submitted: 12, uncertain: 0, refused: 0 } });
  expect(ended).toMatchObject({ counts: { COMPLETED: 12 }, attention: [], done: true });
  expect(account.calls).toBeLessThanOrEqual(CALLS);
  expect(account.total).toBeLessThanOrEqual(TOKENS);
}, 300_000);
