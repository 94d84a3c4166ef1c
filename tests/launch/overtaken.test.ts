import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../../server/experiment/journal.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { prepared } from '../support/prepared_experiment.ts';

test('a server whose lock was taken for left behind does not announce what another has launched meanwhile', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
  let other: Awaited<ReturnType<typeof launchRuns>> | undefined;
  // It has read the journal, and now it sleeps.
  const slept = async () => {
    if (other === undefined) {
      rmSync(join(dir, '.runwright', 'lock'), { recursive: true });
      other = await launchRuns({ experiment_dir, preflight_id }, context);
    }
    return context.connections();
  };
  await expect(launchRuns({ experiment_dir, preflight_id }, { ...context, connections: slept })).rejects.toThrow(
    'another runwright has launched these runs meanwhile: tiny_rank4, tiny_rank8; nothing more was submitted; call again',
  );
  expect(other?.counts).toMatchObject({ submitted: 2 });
  const { entries } = readJournal(dir);
  expect(entries.map(({ kind }) => kind)).toEqual(['intent', 'intent', 'submitted', 'submitted']);
  expect((await launchRuns({ experiment_dir, preflight_id }, context)).counts).toMatchObject({ submitted: 0, already_running: 2 });
});
