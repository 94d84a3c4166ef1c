import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { launched } from '../support/prepared_experiment.ts';

test('a log is read by its tail, by a text, and on from where the last call stopped', async () => {
  const { context, experiment_dir, dir } = await launched(() => '#!/bin/bash\nfor i in 1 2 3; do echo "line $i"; done\n');
  await monitorJobs({ experiment_dir, wait_seconds: 30, until: 'done' }, context);
  const log = join(dir, 'tiny_rank4', 'logs', 'attempt-1.out');
  writeFileSync(log, 'one\ntwo Error\nthree\n10%\r20%\r30%\n');
  const call = { experiment_dir, run: 'tiny_rank4' };
  expect(await readJobLog({ ...call, lines: 2 }, context)).toEqual({
    summary: '2 lines of attempt 1 of tiny_rank4 (COMPLETED).',
    run: 'tiny_rank4',
    attempt: 1,
    state: 'COMPLETED',
    path: log,
    untrusted_log: 'three\n30%\n',
    read_to: 32,
    next: { tool: 'monitor_jobs', why: 'shows the state of every run; since: 32 shows what this log gains' },
  });
  expect(await readJobLog({ ...call, match: 'Error' }, context)).toMatchObject({ untrusted_log: 'two Error\n', read_to: 32 });

  expect(await readJobLog({ ...call, since: 32 }, context)).toMatchObject({
    summary: '0 new lines of attempt 1 of tiny_rank4 (COMPLETED).',
    untrusted_log: '',
    read_to: 32,
  });
  appendFileSync(log, 'vier: ä\nfive Error\n');
  expect(await readJobLog({ ...call, since: 32 }, context)).toMatchObject({
    summary: '2 new lines of attempt 1 of tiny_rank4 (COMPLETED).',
    untrusted_log: 'vier: ä\nfive Error\n',
    read_to: 52,
  });
  expect(await readJobLog({ ...call, since: 32, match: 'Error' }, context)).toMatchObject({ untrusted_log: 'five Error\n', read_to: 52 });

  writeFileSync(log, 'begun again\n');
  expect(await readJobLog({ ...call, since: 52 }, context)).toMatchObject({
    summary:
      '1 line of attempt 1 of tiny_rank4 (COMPLETED). The file is shorter than 52 bytes: it was begun anew, so it is shown from its start.',
    untrusted_log: 'begun again\n',
    read_to: 12,
  });
});
