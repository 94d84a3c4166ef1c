import { expect, test } from 'vitest';
import { cancelRuns } from '../../server/stages/cancel_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { launched, untilLetGo } from '../support/prepared_experiment.ts';

test('jobs are cancelled in two steps: shown with an id first, and with that id exactly those', async () => {
  const { context, experiment_dir } = await launched(untilLetGo);
  const shown = await cancelRuns({ experiment_dir, runs: ['*'] }, context);
  expect(shown).toEqual({
    summary: '2 jobs (2 PENDING) would be cancelled; nothing was cancelled yet.',
    cancelled: [],
    would_cancel: ['tiny_rank4', 'tiny_rank8'],
    not_running: ['tiny_base'],
    counts: { cancelled: 0, would_cancel: 2, not_running: 1 },
    cancel_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    next: { tool: 'cancel_runs', why: `ask the person; then the same call with confirm: "${shown.cancel_id}" cancels them` },
  });

  const other = shown.cancel_id ?? '';
  await expect(cancelRuns({ experiment_dir, runs: ['tiny_rank4'], confirm: other }, context)).rejects.toThrow(
    `the jobs are not those that "${other}" stands for: 1 job (1 PENDING) would be cancelled now; nothing was cancelled; ` +
      'call cancel_runs without confirm, show its answer to the person, and pass the cancel_id that it gives',
  );

  const done = await cancelRuns({ experiment_dir, runs: ['*'], confirm: other }, context);
  expect(done).toMatchObject({ summary: '2 jobs cancelled.', cancelled: ['tiny_rank4', 'tiny_rank8'], would_cancel: [] });
  expect((await monitorJobs({ experiment_dir, wait_seconds: 30, until: 'done' }, context)).counts).toEqual({ CANCELLED: 2 });
  expect(await cancelRuns({ experiment_dir, runs: ['*'] }, context)).toMatchObject({
    summary: '0 jobs would be cancelled; nothing was cancelled yet.',
    next: { tool: 'monitor_jobs', why: 'none of these runs has a job that waits or runs' },
  });
});

test('a state alone chooses jobs, and neither runs nor state chooses none', async () => {
  const { context, experiment_dir } = await launched(untilLetGo);
  expect(await cancelRuns({ experiment_dir, state: 'pending' }, context)).toMatchObject({ would_cancel: ['tiny_rank4', 'tiny_rank8'] });
  expect(await cancelRuns({ experiment_dir, state: 'SUSPENDED' }, context)).toMatchObject({
    would_cancel: [],
    counts: { would_cancel: 0 },
  });
  await expect(cancelRuns({ experiment_dir, state: 'RUNING' }, context)).rejects.toThrow(
    'no job can be in state "RUNING"; did you mean "RUNNING"? (nothing was cancelled)',
  );
  await expect(cancelRuns({ experiment_dir }, context)).rejects.toThrow(
    'say which jobs: runs (["*"] for all), or state, such as "PENDING"; nothing was cancelled',
  );
  const { cancel_id = '' } = await cancelRuns({ experiment_dir, state: 'PENDING' }, context);
  expect((await cancelRuns({ experiment_dir, state: 'PENDING', confirm: cancel_id }, context)).counts.cancelled).toBe(2);
  await monitorJobs({ experiment_dir, wait_seconds: 30, until: 'done' }, context);
});
