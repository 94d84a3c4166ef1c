import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { journalPath, readJournal } from '../../server/experiment/journal.ts';
import { cancelRuns } from '../../server/stages/cancel_runs.ts';
import { experimentStatus } from '../../server/stages/experiment_status.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { launched, letGo, prepared, untilLetGo } from '../support/prepared_experiment.ts';
import { refusal } from '../support/refusal.ts';

test.each(['runs: [: broken', '', '- 1\n- 2\n', '\u0000\u0001'])(
  'a damaged status (%j) is rebuilt from the journal, and its text is kept',
  async (text) => {
    const { context, experiment_dir, dir } = await launched(untilLetGo);
    const path = join(dir, 'runs_status.yaml');
    writeFileSync(path, text);
    expect((await monitorJobs({ experiment_dir }, context)).problems).toEqual([
      {
        severity: 'warning',
        where: 'runs_status.yaml',
        what: 'the file was damaged and has been rebuilt from the journal',
        fix: 'the damaged text is kept as runs_status.yaml.damaged; delete that file when you no longer need it',
      },
    ]);
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text);
    expect(parse(readFileSync(path, 'utf8')).runs.tiny_rank4.attempts).toHaveLength(1);
    letGo(context.home);
  },
);

test('a status that is not there is rebuilt without a word', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const before = parse(readFileSync(join(dir, 'runs_status.yaml'), 'utf8'));
  rmSync(join(dir, 'runs_status.yaml'));
  expect((await monitorJobs({ experiment_dir }, context)).problems).toBeUndefined();
  expect(parse(readFileSync(join(dir, 'runs_status.yaml'), 'utf8')).runs).toEqual(before.runs);
});

test.each([
  ['half a line', (line: string) => line.slice(0, 40)],
  ['no JSON', () => 'somebody was here'],
  ['an empty line', () => ''],
  ['an intent without its run', (line: string) => line.replace('"run":', '"runn":')],
  ['an attempt that is no number', (line: string) => line.replace('"attempt":1', '"attempt":"one"')],
])('a damaged journal (%s) stops every tool before it changes anything', async (_name, damage) => {
  const { context, experiment_dir, dir, plan, preflight_id } = await launched(untilLetGo);
  const lines = readFileSync(journalPath(dir), 'utf8').split('\n');
  lines[0] = damage(lines[0] ?? '');
  writeFileSync(journalPath(dir), lines.join('\n'));
  const words =
    'experiments/words_2025-10-20/.runwright/journal.jsonl:1: this line is damaged, so it is not known which jobs were submitted; nothing was changed; ' +
    'restore the file from a backup, or, when you know that the line announced no job, delete that one line';
  for (const call of [
    () => planRuns({ experiment_dir, plan: { ...plan, title: 'Another?' }, overwrite: true }, context),
    () => planRuns({ experiment_dir, revise: { defaults: { epochs: 2 } } }, context),
    () => setupExperimentDirs({ experiment_dir }, context),
    () => experimentStatus({ experiment_dir }, context),
    () => preflightRuns({ experiment_dir }, context),
    () => launchRuns({ experiment_dir, preflight_id }, context),
    () => monitorJobs({ experiment_dir }, context),
    () => cancelRuns({ experiment_dir, runs: ['*'], confirm: 'anything' }, context),
  ]) {
    const said = await refusal(dir, call);
    expect(said.replace(`${context.home}/`, '').replace(/^\.runwright/, 'experiments/words_2025-10-20/.runwright')).toBe(words);
  }
  letGo(context.home);
});

test('a journal whose last line was cut off goes on without it, and says so', async () => {
  const { context, experiment_dir, dir } = await launched(untilLetGo);
  const known = readJournal(dir).entries;
  appendFileSync(journalPath(dir), '{"t":"2025-10-20T13:58:0');
  expect((await experimentStatus({ experiment_dir }, context)).problems).toEqual([
    {
      severity: 'warning',
      where: '.runwright/journal.jsonl',
      what: 'the last line was cut off by a crash and is left out',
      fix: 'nothing to do: an intent that was cut off was never acted on, and anything else is found out again from the cluster',
    },
  ]);
  letGo(context.home);
  expect(await monitorJobs({ experiment_dir, wait_seconds: 20, until: 'done' }, context)).toMatchObject({ counts: { COMPLETED: 2 } });
  expect(readJournal(dir)).toMatchObject({ torn: false });
  expect(readJournal(dir).entries.slice(0, known.length)).toEqual(known);
});

test("an editor that left out the journal's last line end has lost no job", async () => {
  const { context, experiment_dir, dir } = await launched(untilLetGo);
  const known = readJournal(dir).entries;
  writeFileSync(journalPath(dir), readFileSync(journalPath(dir), 'utf8').trimEnd());
  expect(readJournal(dir)).toEqual({ entries: known, torn: false });
  letGo(context.home);
  await monitorJobs({ experiment_dir, wait_seconds: 20, until: 'done' }, context);
  expect(readJournal(dir).entries.slice(0, known.length)).toEqual(known);
});

test('a journal that is a folder, and a preflight that is damaged', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
  for (const text of ['', '{', 'null', '{"cluster":"local","items":[]}']) {
    writeFileSync(join(dir, '.runwright', 'preflights', `${preflight_id}.json`), text);
    expect(await refusal(dir, () => launchRuns({ experiment_dir, preflight_id }, context))).toBe(
      `no preflight of this experiment has the id "${preflight_id}"; run \`preflight_runs\` and pass the preflight_id that it gives; nothing was submitted`,
    );
  }
  mkdirSync(journalPath(dir));
  expect(await refusal(context.home, () => preflightRuns({ experiment_dir }, context))).toBe(
    'experiments/words_2025-10-20/.runwright/journal.jsonl: a folder has that name; move it away (EISDIR)',
  );
  expect(existsSync(join(context.state_dir, 'local'))).toBe(false);
});
