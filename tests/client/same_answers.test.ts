import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { callTool } from '../../server/tools/call.ts';
import { TOOLS } from '../../server/tools/catalogue.ts';
import { type TestContext, temporaryFolder, testContext } from '../support/context.ts';
import { localExperiment } from '../support/local_experiment.ts';
import { CLIENTS, given, openClient } from './clients.ts';

const experiment_dir = 'words_2025-10-20';
let home: string;
let context: TestContext;
beforeEach(() => {
  home = temporaryFolder();
  context = { ...testContext(home), config_dir: join(home, 'config', 'runwright'), state_dir: join(home, 'state', 'runwright') };
});

async function callHandler(name: string, input: Record<string, unknown>): Promise<unknown> {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return callTool(tool, input, context).catch((error: Error) => error.message);
}

/** One and the same conversation from an empty experiments folder; every answer, in order. */
async function conversation(call: (name: string, input: Record<string, unknown>) => Promise<unknown>): Promise<unknown[]> {
  rmSync(join(context.root.dir, experiment_dir), { recursive: true, force: true });
  const { plan } = localExperiment(home);
  const answers: unknown[] = [];
  for (const [name, input] of [
    ['experiment_status', { experiment_dir }],
    ['plan_runs', { experiment_dir, plan, dry_run: true }],
    ['plan_runs', { experiment_dir, plan: { ...plan, defaults: { epocs: 1 } } }],
    ['plan_runs', { experiment_dir, plan }],
    ['experiment_status', { experiment_dir }],
    ['setup_experiment_dirs', { experiment_dir }],
    ['setup_experiment_dirs', { experiment_dir }],
    ['generate_slurm_script', { experiment_dir }],
    ['experiment_status', { experiment_dri: experiment_dir }],
    ['plan_runs', { experiment_dir, plan: { modls: [] } }],
    ['read_job_log', { experiment_dir, run: 'tiny_rank4', lines: 0 }],
    ['experiment_status', { experiment_dir: '../elsewhere' }],
    ['experiment_status', { experiment_dir }],
  ] as const)
    answers.push(await call(name, input));
  return answers;
}

test.each(CLIENTS)('the %s client is given what the handlers give, called directly', async (kind) => {
  const direct = await conversation(callHandler);
  const client = await openClient(kind, { home });
  expect(await conversation(async (name, input) => given(await client.call(name, input)))).toEqual(direct);
});

test('the answers of that conversation are the ones that are meant', async () => {
  const answers = await conversation(callHandler);
  const dir = join(context.root.dir, experiment_dir);
  const said = answers.map((answer) => (typeof answer === 'string' ? answer : (answer as { summary: string }).summary));
  expect(said).toEqual([
    `${dir} has no runs_plan.md; run \`plan_runs\` first, or check experiment_dir; nothing was changed`,
    'runs_plan.md would be written (dry run): 2 fine-tune runs and 1 base run; 3 added, 0 changed, 0 removed.',
    expect.stringMatching(/^runs_plan\.md was not written.*\nruns_plan\.md:\d+:\d+: .*"epocs".*did you mean "epochs"\?/s),
    'runs_plan.md was written: 2 fine-tune runs and 1 base run; 3 added, 0 changed, 0 removed.',
    '3 runs: 1 not-trained, 2 planned.',
    'Folders of 3 runs, and README.md: 4 created, 0 unchanged.',
    'Folders of 3 runs, and README.md: 0 created, 4 unchanged.',
    'run `create_torchtune_config` first: 2 of 2 finetune.yaml files are missing: tiny_rank4, tiny_rank8; nothing was changed',
    'experiment_status was called with arguments that do not fit; nothing was changed\nexperiment_dir: is missing; folder below the experiments root, such as "cap_cross_eval_2025-10-20", or an absolute path.\nexperiment_dri: no such argument; did you mean "experiment_dir"?',
    'plan_runs was called with arguments that do not fit; nothing was changed\nplan.modls: no such argument; did you mean "models"?',
    'read_job_log was called with arguments that do not fit; nothing was changed\nlines: must be at least 1; how many lines, at most 500. Default: 50.',
    `${join(home, 'elsewhere')} is not inside ${context.root.dir}; RUNWRIGHT_EXPERIMENTS keeps runwright to experiments below that folder; nothing was changed`,
    '3 runs: 1 not-trained, 2 planned.',
  ]);
});

test.each(CLIENTS)('to the %s client the text of a result is its structured content', async (kind) => {
  const client = await openClient(kind, { home });
  const { plan } = localExperiment(home);
  const result = await client.call('plan_runs', { experiment_dir, plan, dry_run: true });
  expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(result.structuredContent) }]);
  const refusal = await client.call('experiment_status', { experiment_dir });
  expect(refusal).toMatchObject({ isError: true });
  expect(refusal.structuredContent).toBeUndefined();
});
