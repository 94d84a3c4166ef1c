import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { cancelRuns } from '../../server/stages/cancel_runs.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { cancelled } from '../support/cancelled.ts';
import { launched, letGo, prepared, untilLetGo } from '../support/prepared_experiment.ts';
import { refusal } from '../support/refusal.ts';

function editPlan(dir: string, edit: (text: string) => string): void {
  const path = join(dir, 'runs_plan.md');
  const before = readFileSync(path, 'utf8');
  const after = edit(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

const EDITS: [name: string, edit: (text: string) => string][] = [
  ['removed', (text) => text.replace(/^\| tiny_rank8 .*\n/m, '')],
  ['renamed', (text) => text.replace(/^\| tiny_rank8 /m, '| tiny_rank9 ')],
  ['turned into a base run', (text) => text.replace(/^\| tiny_rank8 .*$/m, '| tiny_rank8 | base | tiny-llama3 | - | - |')],
];

test.each(EDITS)('the job of a run whose row was %s by hand is watched to its end', async (_name, edit) => {
  const { context, experiment_dir, dir } = await launched(untilLetGo);
  editPlan(dir, edit);
  const seen = await monitorJobs({ experiment_dir }, context);
  expect(seen.counts.PENDING ?? 0).toBe(2 - (seen.counts.RUNNING ?? 0));
  expect(seen.problems).toEqual([
    {
      severity: 'warning',
      where: 'runs_plan.md',
      what: 'these runs have jobs but are no fine-tune runs of the plan any more: tiny_rank8',
      fix: 'put their rows back; or leave it: their jobs are still watched, and cancel_runs and read_job_log take their names',
    },
  ]);
  letGo(context.home);
  const ended = await monitorJobs({ experiment_dir, wait_seconds: 20, until: 'done' }, context);
  expect(ended.counts.COMPLETED).toBe(2);
  expect(ended.done).toBe(true);
  const status = parse(readFileSync(join(dir, 'runs_status.yaml'), 'utf8'));
  expect(status.runs.tiny_rank8).toMatchObject({ state: 'COMPLETED', attempts: [{ attempt: 1, state: 'COMPLETED' }] });
  expect(await readJobLog({ experiment_dir, run: 'tiny_rank8' }, context)).toMatchObject({ state: 'COMPLETED' });
});

test('the job of a removed run can be cancelled, and stands in the status as no longer planned', async () => {
  const { context, experiment_dir, dir } = await launched(untilLetGo);
  editPlan(dir, EDITS[0]?.[1] ?? String);
  expect((await cancelRuns({ experiment_dir, runs: ['*'] }, context)).would_cancel).toEqual(['tiny_rank4', 'tiny_rank8']);
  expect((await cancelled({ experiment_dir, runs: ['tiny_rank8'] }, context)).cancelled).toEqual(['tiny_rank8']);
  letGo(context.home);
  const ended = await monitorJobs({ experiment_dir, wait_seconds: 20, until: 'done' }, context);
  expect(ended.counts).toEqual({ COMPLETED: 1, CANCELLED: 1 });
  expect(ended.attention).toContainEqual({
    run: 'tiny_rank8',
    state: 'CANCELLED',
    why: 'somebody cancelled the job; diagnose_runs tells why, and how to go on',
  });
  expect(parse(readFileSync(join(dir, 'runs_status.yaml'), 'utf8')).runs.tiny_rank8).toMatchObject({
    type: 'fine-tune',
    state: 'CANCELLED',
    in_plan: false,
  });
});

test.each(EDITS)('a run whose row was %s since the preflight is not launched', async (_name, edit) => {
  const { context, experiment_dir, dir } = await prepared();
  const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
  editPlan(dir, edit);
  expect(await refusal(dir, () => launchRuns({ experiment_dir, preflight_id }, context))).toBe(
    `changed since preflight ${preflight_id}: tiny_rank8 is no fine-tune run of runs_plan.md any more; nothing was submitted; run \`preflight_runs\` again`,
  );
});

test('an experiment that was renamed since the preflight is not launched: the locks of an earlier try would not be found', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
  renameSync(dir, `${dir}_again`);
  expect(await refusal(context.home, () => launchRuns({ experiment_dir: `${experiment_dir}_again`, preflight_id }, context))).toBe(
    `changed since preflight ${preflight_id}: the experiment's folder on the cluster, which was experiments/words_2025-10-20; nothing was submitted; run \`preflight_runs\` again`,
  );
});
