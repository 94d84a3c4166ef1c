import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appendJournal, type JournalEntry, journalPath, readJournal } from '../../server/experiment/journal.ts';
import { templatePath } from '../../server/model/template_folder.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { temporaryFolder } from '../support/context.ts';
import { planned, prepared } from '../support/prepared_experiment.ts';
import { refusal } from '../support/refusal.ts';
import { disk, fill } from '../support/small_disk.ts';

const isRoot = process.getuid?.() === 0;
/** As a person without rights: root may write anywhere. */
async function asNobody<T>(act: () => Promise<T>): Promise<T> {
  if (!isRoot) return act();
  process.setegid?.(65534);
  process.seteuid?.(65534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** Nobody's stages read templates where they lie: in a private folder of root's they cannot. */
const isPrivate = await asNobody(async () => readFileSync(templatePath('README.md'))).then(
  () => false,
  () => true,
);
if (isPrivate) process.stderr.write('SKIPPED: run as root from a folder that is closed to others, so no stage was tried without rights.\n');

describe('a folder in which nothing can be written', () => {
  test.skipIf(isPrivate)('setup_experiment_dirs says so and leaves everything as it is', async () => {
    const { context, experiment_dir, dir } = await planned();
    chmodSync(context.home, 0o755);
    for (const path of [dir, join(dir, '.runwright')]) chmodSync(path, 0o555);
    expect(await refusal(context.home, () => asNobody(() => setupExperimentDirs({ experiment_dir }, context)))).toBe(
      'experiments/words_2025-10-20/.runwright: no permission to write there; make the folder writable for you (chmod u+w) or choose another (EACCES)',
    );
  });

  test.skipIf(isPrivate)('a run folder alone: the stage stops, and is finished once the folder is writable', async () => {
    const { context, experiment_dir, dir } = await planned();
    await setupExperimentDirs({ experiment_dir }, context);
    for (const path of [context.home, dir, join(dir, '.runwright'), join(dir, 'tiny_rank4')]) chmodSync(path, 0o777);
    chmodSync(join(dir, 'tiny_rank8'), 0o555);
    const said = asNobody(() => createTorchtuneConfig({ experiment_dir }, context));
    await expect(said).rejects.toThrow(
      `${join(dir, 'tiny_rank8', 'finetune.yaml')}: no permission to write there; make the folder writable for you (chmod u+w) or choose another (EACCES)`,
    );
    expect(existsSync(join(dir, 'tiny_rank8', 'finetune.yaml'))).toBe(false);
    chmodSync(join(dir, 'tiny_rank8'), 0o777);
    expect((await createTorchtuneConfig({ experiment_dir }, context)).counts).toMatchObject({ created: 1, unchanged: 1 });
  });

  test('a journal that cannot be read is not taken for an experiment without jobs', async () => {
    const dir = temporaryFolder();
    chmodSync(dir, 0o755);
    appendJournal(dir, [intent(1)]);
    chmodSync(journalPath(dir), 0o000);
    await asNobody(async () =>
      expect(() => readJournal(dir)).toThrow(
        `${journalPath(dir)}: no permission to write there; make the folder writable for you (chmod u+w) or choose another (EACCES)`,
      ),
    );
  });
});

const intent = (index: number): JournalEntry => ({
  t: '2025-10-20T13:58:00.000Z',
  kind: 'intent',
  run: `run_${index}`,
  attempt: 1,
  token: `token_${index}`,
  job_name: `run_${index}.token_${index}`,
  cluster: 'local',
  preflight_id: '0123456789abcdef',
  config_sha256: 'c',
  script_sha256: 's',
});

test('a disk that is full: a journal entry is whole on the disk, or the tool stops', () => {
  const home = temporaryFolder();
  const dir = disk(join(home, 'small'), 'size=64k');
  if (dir === undefined) return;
  appendJournal(dir, [intent(0)]);
  const many = Array.from({ length: 1000 }, (_, index) => intent(index + 1));
  expect(() => appendJournal(dir, many)).toThrow(`${journalPath(dir)}: the disk is full; free some space and call again (ENOSPC)`);
  const { entries, torn } = readJournal(dir);
  expect(torn).toBe(true);
  expect(entries).toEqual([intent(0), ...many].slice(0, entries.length));
});

test('a disk that fills up before the launch: nothing is submitted, and the same call submits it later', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
  const records = readFileSync(join(dir, '.runwright', 'preflights', `${preflight_id}.json`));
  const small = disk(join(dir, '.runwright'), 'size=32k');
  if (small === undefined) return;
  mkdirSync(join(small, 'preflights'));
  writeFileSync(join(small, 'preflights', `${preflight_id}.json`), records);
  fill(small);
  const said = await launchRuns({ experiment_dir, preflight_id }, context).catch((error: Error) => error.message);
  expect(said).toBe(`${journalPath(dir)}: the disk is full; free some space and call again (ENOSPC)`);
  expect(existsSync(context.state_dir)).toBe(false);
  rmSync(join(small, 'filler'));
  expect((await launchRuns({ experiment_dir, preflight_id }, context)).counts).toMatchObject({ submitted: 2 });
});
