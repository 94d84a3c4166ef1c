import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placeOf } from '../../server/experiment/place.ts';
import { callTool } from '../../server/tools/call.ts';
import { TOOLS } from '../../server/tools/catalogue.ts';
import { testContext } from '../support/context.ts';
import { planned } from '../support/prepared_experiment.ts';
import { refusal } from '../support/refusal.ts';

/** What a tool says to arguments that do not fit, after its first line. */
async function said(name: string, input: Record<string, unknown>): Promise<string> {
  const context = testContext();
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  const text = await refusal(context.home, () => callTool(tool, { experiment_dir: 'words', ...input }, context));
  const head = `${name} was called with arguments that do not fit; nothing was changed\n`;
  expect(text.startsWith(head)).toBe(true);
  return text.slice(head.length);
}

const RUNS = 'names of runs, or globs such as "*_rank8". Default: all runs.';
const WAIT = 'how long to wait at most, in seconds, such as 600. Default: 0, one look.';

test.each([
  ['create_torchtune_config', { runs: '*_rank8' }, `runs: must be a list: ["*_rank8"]; ${RUNS}`],
  ['preflight_runs', { runs: [] }, `runs: is empty; ${RUNS}`],
  ['preflight_runs', { runs: [8] }, `runs.0: must be a text; ${RUNS}`],
  ['monitor_jobs', { wait_seconds: '600' }, `wait_seconds: must be a number: 600, without quotes; ${WAIT}`],
  ['monitor_jobs', { wait_seconds: 'long' }, `wait_seconds: must be a number; ${WAIT}`],
  ['monitor_jobs', { wait_seconds: -1 }, `wait_seconds: must be at least 0; ${WAIT}`],
  ['monitor_jobs', { wait_seconds: 90_000 }, `wait_seconds: must be at most 86400; ${WAIT}`],
  [
    'monitor_jobs',
    { until: 'end' },
    'until: must be "change" or "done"; with wait_seconds: return at the first change (default), or when every job has ended.',
  ],
  [
    'setup_experiment_dirs',
    { dry_run: 'true', overwrit: true },
    'dry_run: must be true or false: true, without quotes; say what would be written and write nothing. Default: false.\noverwrit: no such argument; did you mean "overwrite"?',
  ],
  ['launch_runs', {}, 'preflight_id: is missing; from preflight_runs, such as "3f2a9c0d1e4b5a67".'],
  [
    'plan_runs',
    { plan: { runs: [{ name: 'a', model: 'm' }] } },
    'plan.runs.0.run: is missing; name of the run and of its folder: A-Z a-z 0-9 . _ -',
  ],
] as const)('%s with %j', async (name, input, message) => {
  expect(await said(name, input)).toBe(message);
});

test('a log is of one run that was launched', async () => {
  const { context, experiment_dir } = await planned();
  const tool = TOOLS.find(({ name }) => name === 'read_job_log');
  if (tool === undefined) throw new Error('no tool');
  const read = (run: string) => refusal(context.home, () => callTool(tool, { experiment_dir, run }, context));
  expect(await read('*')).toBe('run is "*", and a log is of one run; name it; nothing was changed');
  expect(await read('tiny_base')).toBe(
    'run tiny_base is a base run: it is never trained, so it has no log; monitor_jobs shows which runs have jobs',
  );
  expect(await read('tiny_rank4')).toBe(
    'run tiny_rank4 has never been launched, so it has no log; monitor_jobs shows which runs have jobs',
  );
});

test('~ is the home folder, which no shell has put in its place', () => {
  const { root } = testContext();
  expect(placeOf('~/words', { ...root, fenced: false }).dir).toBe(join(process.env.HOME ?? '', 'words'));
  expect(() => placeOf('~/words', root)).toThrow('RUNWRIGHT_EXPERIMENTS keeps runwright to experiments below that folder');
});
