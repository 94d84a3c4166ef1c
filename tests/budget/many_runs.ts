import { expect } from 'vitest';
import { openClient } from '../client/clients.ts';
import { capCrossEvalPlan } from '../support/cap_cross_eval.ts';
import { Account, throughPipeline } from './account.ts';
import { laptop, ON_CPU } from './laptop.ts';

const RANKS = [1, 2, 4, 8, 16, 24, 32, 48, 64, 128];

/**
 * The same conversation about a grid of 1,000 runs or 10,000: every stage and the preflight are for all of them. So many
 * processes are too many for one machine: those of one seed, 40, are launched and watched to their end, which is more than
 * any list in an answer shows, so that the answers about all would be no longer.
 */
export async function manyRuns(count: number): Promise<Account> {
  const { home, ...places } = laptop();
  const account = new Account(await openClient('v2 modern', { home }));
  const { plan, grid } = capCrossEvalPlan({ cluster: 'local', ...places });
  const seed = Array.from({ length: count / 40 }, (_, index) => index + 1);
  const experiment_dir = 'many_runs';
  await throughPipeline(account, {
    experiment_dir,
    plan: { ...plan, defaults: { ...plan.defaults, ...ON_CPU } },
    grid: { ...grid, dataset: ['words_5L', 'words_9L'], lora_rank: RANKS, seed },
    base: true,
  });
  const { preflight_id } = await account.call('preflight_runs', { experiment_dir, runs: ['*_seed7'] }, 300_000);
  const launched = await account.call('launch_runs', { experiment_dir, preflight_id, confirm: true }, 300_000);
  account.readSkill('monitor-jobs');
  const ended = await account.call('monitor_jobs', { experiment_dir, wait_seconds: 240, until: 'done' }, 300_000);
  process.stdout.write(`\n${count} runs\n${account.text}\n`);
  expect(launched).toMatchObject({ counts: { submitted: 40 } });
  expect(ended).toMatchObject({ counts: { COMPLETED: 40, planned: count - 40 }, attention: [] });
  return account;
}
