import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readJournal } from '../../server/experiment/journal.ts';
import { withExperimentLock } from '../../server/experiment/lock.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { temporaryFolder, testContext } from '../support/context.ts';
import { localExperiment } from '../support/local_experiment.ts';
import { inAnotherServer } from '../support/other_server.ts';
import { letGo, planned, prepared, untilLetGo } from '../support/prepared_experiment.ts';
import { refusal } from '../support/refusal.ts';

const SOON = 2500;

/** The places that a server takes from its environment end in "runwright". */
const placedAsServers = (home: string) => ({ config_dir: join(home, 'config', 'runwright'), state_dir: join(home, 'state', 'runwright') });

test('two servers that launch one preflight at once make one job of each run', async () => {
  const { context: made, experiment_dir, dir } = await prepared(untilLetGo);
  const context = Object.assign(made, placedAsServers(made.home));
  const { preflight_id } = await preflightRuns({ experiment_dir }, context);
  const when = Date.now() + SOON;
  const both = await Promise.all([1, 2].map(() => inAnotherServer(context, 'launch_runs', { experiment_dir, preflight_id }, when)));
  const counts = both.map(({ value, error }) => value?.counts ?? error);
  expect(counts).toContainEqual({ submitted: 2, already_running: 0, uncertain: 0, refused: 0 });
  expect(counts).toContainEqual({ submitted: 0, already_running: 2, uncertain: 0, refused: 0 });
  const kinds = readJournal(dir).entries.map(({ kind }) => kind);
  expect(kinds).toEqual(['intent', 'intent', 'submitted', 'submitted']);
  expect(readdirSync(join(context.state_dir, readdirSync(context.state_dir)[0] ?? '', 'tokens'))).toHaveLength(2);
  letGo(context.home);
  expect((await monitorJobs({ experiment_dir, wait_seconds: 20, until: 'done' }, context)).counts).toEqual({ COMPLETED: 2 });
});

test('two servers that plan at once: one plan is written whole, and the other caller is told', async () => {
  const context = Object.assign(testContext(), {});
  Object.assign(context, placedAsServers(context.home));
  const { experiment_dir, plan } = localExperiment(context.home);
  const when = Date.now() + SOON;
  const plans = ['Does rank matter?', 'Does it not?'].map((title) => ({ experiment_dir, plan: { ...plan, title } }));
  const both = await Promise.all(plans.map((input) => inAnotherServer(context, 'plan_runs', input, when)));
  const dir = join(context.root.dir, experiment_dir);
  expect(both.map(({ value, error }) => value?.summary ?? error).sort()).toEqual([
    `${dir}/runs_plan.md is there already and differs; pass the changes as revise (it keeps the prose and the other rows), or overwrite: true; nothing was written`,
    'runs_plan.md was written: 2 fine-tune runs and 1 base run; 3 added, 0 changed, 0 removed.',
  ]);
  const title = both[0]?.value === undefined ? 'Does it not?' : 'Does rank matter?';
  expect(readFileSync(join(dir, 'runs_plan.md'), 'utf8')).toContain(`\n# ${title}\n`);
});

test('a lock that another server holds is told after its wait, and one that somebody takes away does not end the server', async () => {
  const { context, experiment_dir, dir } = await planned();
  const robbed = temporaryFolder();
  await Promise.all([heldLock(), takenLock()]);

  async function heldLock(): Promise<void> {
    const held = withExperimentLock(dir, () => sleep(12_000));
    await sleep(50);
    const said = await setupExperimentDirs({ experiment_dir }, context).catch((error: Error) => error.message);
    expect(said).toBe(
      `${dir}: another runwright is working on this experiment; nothing was changed; call again when it is done (a lock left by a crash frees itself after 20 seconds)`,
    );
    expect(readdirSync(dir).sort()).toEqual(['.runwright', 'runs_plan.md', 'runs_status.yaml']);
    await held;
    expect((await setupExperimentDirs({ experiment_dir }, context)).counts).toMatchObject({ created: 4 });
  }

  async function takenLock(): Promise<void> {
    const worked = await withExperimentLock(robbed, async () => {
      rmSync(join(robbed, '.runwright', 'lock'), { recursive: true });
      await sleep(7_000);
      return 'worked';
    });
    expect(worked).toBe('worked');
  }
});

test('a preflight of another experiment, or a made-up one, launches nothing', async () => {
  const { context, experiment_dir, dir } = await prepared();
  for (const preflight_id of ['0123456789abcdef', '../../../etc/passwd', '', 'x'.repeat(10_000)])
    expect(await refusal(dir, () => launchRuns({ experiment_dir, preflight_id }, context))).toBe(
      `no preflight of this experiment has the id "${preflight_id}"; run \`preflight_runs\` and pass the preflight_id that it gives; nothing was submitted`,
    );
});
