import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../support/context.ts';
import { localExperiment } from '../support/local_experiment.ts';
import { openClient } from './clients.ts';
import { countingTune, trained } from './counting_tune.ts';
import { answerOf, prepare, untilDone } from './stages.ts';

/** The run of each job that the embedded scheduler has; a record that no token points at is no job, nor is a token half written. */
function jobs(home: string): string[] {
  const scheduler = join(home, 'state', 'runwright', 'scheduler');
  const tokens = readdirSync(join(scheduler, 'tokens')).filter((name) => !name.includes('.tmp-'));
  const ids = tokens.map((token) => readFileSync(join(scheduler, 'tokens', token), 'utf8'));
  return ids.map((id) => String(JSON.parse(readFileSync(join(scheduler, 'jobs', `${id}.json`), 'utf8')).run)).sort();
}

test('a server that is killed after every single call loses nothing: each run has one job, and ends COMPLETED', async () => {
  const home = temporaryFolder();
  const { experiment_dir, plan } = localExperiment(home, countingTune(home));
  const once = async (tool: string, input: Record<string, unknown>) => {
    const client = await openClient('v1', { home });
    const answer = await answerOf(client, tool, { experiment_dir, ...input });
    await client.kill();
    return answer;
  };
  await once('plan_runs', { plan });
  await once('setup_experiment_dirs', {});
  await once('create_torchtune_config', {});
  await once('generate_slurm_script', {});
  const { preflight_id } = await once('preflight_runs', {});
  expect(await once('launch_runs', { preflight_id })).toMatchObject({ counts: { submitted: 2 } });
  expect(await once('launch_runs', { preflight_id })).toMatchObject({ counts: { submitted: 0, already_running: 2 } });
  expect(await once('monitor_jobs', { wait_seconds: 50, until: 'done' })).toMatchObject({
    counts: { COMPLETED: 2 },
    done: true,
    attention: [],
  });
  expect(jobs(home)).toEqual(['tiny_rank4', 'tiny_rank8']);
  expect(trained(home)).toEqual(['tiny_rank4', 'tiny_rank8']);
  const { runs } = parse(readFileSync(join(home, 'experiments', experiment_dir, 'runs_status.yaml'), 'utf8'));
  for (const run of ['tiny_rank4', 'tiny_rank8']) expect(runs[run]).toMatchObject({ state: 'COMPLETED', attempts: [{ attempt: 1 }] });
}, 120_000);

const RANKS = [1, 2, 4, 8];
const RUNS = RANKS.map((rank) => `tiny_rank${rank}`);

type Moment = (home: string, dir: string) => Promise<unknown>;
const appears =
  (path: (home: string, dir: string) => string): Moment =>
  async (home, dir) => {
    for (const deadline = Date.now() + 20_000; !existsSync(path(home, dir)) && Date.now() < deadline; ) await turn();
  };
const job = (id: number): Moment => appears((home) => join(home, 'state', 'runwright', 'scheduler', 'jobs', `${id}.json`));
const MOMENTS: Readonly<Record<string, Moment>> = {
  ...Object.fromEntries([0, 5, 10, 20, 40, 80].map((ms) => [`after ${ms} ms`, () => sleep(ms)])),
  'with the lock taken': appears((_home, dir) => join(dir, '.runwright', 'lock')),
  'with the intents recorded': appears((_home, dir) => join(dir, '.runwright', 'journal.jsonl')),
  'with the first job recorded': job(1),
  'with the third job recorded': job(3),
};

async function killedAt(moment: Moment, home: string) {
  const { experiment_dir, plan } = localExperiment(home, countingTune(home));
  const runs = RANKS.map((rank) => ({ run: `tiny_rank${rank}`, model: 'tiny-llama3', dataset: 'words_5L', lora_rank: rank }));
  const client = await openClient('v1', { home });
  await prepare(client, { experiment_dir, plan: { ...plan, runs } });
  const { preflight_id } = await answerOf(client, 'preflight_runs', { experiment_dir });
  const cut = client.call('launch_runs', { experiment_dir, preflight_id }).catch((error: unknown) => error);
  await moment(home, join(home, 'experiments', experiment_dir));
  await client.kill();
  await cut;

  const again = await openClient('v2 legacy', { home });
  const { uncertain, refused } = await answerOf(again, 'launch_runs', { experiment_dir, preflight_id });
  const { counts, attention } = await untilDone(again, experiment_dir);
  return { uncertain, refused, counts, attention, jobs: jobs(home), trained: trained(home) };
}

test('a server that is killed in the middle of launch_runs is finished by the same call: each run has one job, none is lost', async () => {
  const ends = Object.entries(MOMENTS).map(async ([name, moment]) => [name, await killedAt(moment, temporaryFolder())] as const);
  const whole = { uncertain: [], refused: [], counts: { COMPLETED: RUNS.length }, attention: [], jobs: RUNS, trained: RUNS };
  expect(Object.fromEntries(await Promise.all(ends))).toEqual(Object.fromEntries(Object.keys(MOMENTS).map((name) => [name, whole])));
}, 180_000);
