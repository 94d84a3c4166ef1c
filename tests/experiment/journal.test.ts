import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attemptsByRun } from '../../server/experiment/attempts.ts';
import { appendJournal, type JournalEntry, journalPath, readJournal } from '../../server/experiment/journal.ts';
import { temporaryFolder } from '../support/context.ts';

const intent = (run: string, attempt: number, token: string): JournalEntry => ({
  t: '2025-10-20T13:58:00.000Z',
  kind: 'intent',
  run,
  attempt,
  token,
  job_name: `${run}.${token}`,
  cluster: 'della',
  preflight_id: '0123456789abcdef',
  config_sha256: 'c',
  script_sha256: 's',
});
const submitted = (token: string, job_id: string): JournalEntry => ({ t: '2025-10-20T13:58:02.000Z', kind: 'submitted', token, job_id });

test('what was appended is read back in order', () => {
  const dir = temporaryFolder();
  appendJournal(dir, [intent('a', 1, 'x1')]);
  appendJournal(dir, [submitted('x1', '4711_3')]);
  expect(readJournal(dir)).toEqual({ entries: [intent('a', 1, 'x1'), submitted('x1', '4711_3')], torn: false });
});

test('a torn last line is dropped, told, and never runs into the next entry', () => {
  const dir = temporaryFolder();
  appendJournal(dir, [intent('a', 1, 'x1')]);
  appendFileSync(journalPath(dir), '{"t":"2025-10-20T13:58:0');
  expect(readJournal(dir)).toEqual({ entries: [intent('a', 1, 'x1')], torn: true });
  appendJournal(dir, [submitted('x1', '7')]);
  expect(readJournal(dir)).toEqual({ entries: [intent('a', 1, 'x1'), submitted('x1', '7')], torn: false });
});

test('damage elsewhere stops the tool and says how to go on', () => {
  const dir = temporaryFolder();
  appendJournal(dir, [intent('a', 1, 'x1'), submitted('x1', '7')]);
  const text = readFileSync(journalPath(dir), 'utf8').replace('"kind":"intent"', '"kind":"inten');
  writeFileSync(journalPath(dir), text);
  expect(() => readJournal(dir)).toThrow(
    `${journalPath(dir)}:1: this line is damaged, so it is not known which jobs were submitted; nothing was changed; ` +
      'restore the file from a backup, or, when you know that the line announced no job, delete that one line',
  );
});

test('an intent without an outcome is uncertain', () => {
  expect(
    attemptsByRun([intent('a', 1, 'x1')])
      .get('a')
      ?.map(({ state }) => state),
  ).toEqual(['uncertain']);
});

test('attempts fold into the newest state of each run', () => {
  const attempts = attemptsByRun([
    intent('a', 1, 'x1'),
    submitted('x1', '7'),
    { t: 't', kind: 'seen', token: 'x1', state: 'PENDING', reason: 'Resources' },
    { t: 't', kind: 'seen', token: 'x1', state: 'FAILED', exit_code: '1:0', ended: '2025-10-20T14:00:00Z' },
    intent('a', 2, 'x2'),
    { t: 't', kind: 'refused', token: 'x2', message: 'Invalid qos specification' },
  ]);
  expect(attempts.get('a')).toEqual([
    expect.objectContaining({ attempt: 1, job_id: '7', state: 'FAILED', exit_code: '1:0', ended: '2025-10-20T14:00:00Z' }),
    expect.objectContaining({ attempt: 2, state: 'refused', message: 'Invalid qos specification' }),
  ]);
  expect(attempts.get('a')?.[0]).not.toHaveProperty('reason');
});

test('a requeued job has no node, no start and no end any more', () => {
  const seen = { t: 't', kind: 'seen', token: 'x1' } as const;
  const attempts = attemptsByRun([
    intent('a', 1, 'x1'),
    submitted('x1', '7'),
    { ...seen, state: 'COMPLETING', node: 'gpu1', started: '2025-10-20T14:00:00Z', ended: '2025-10-20T14:01:00Z', exit_code: '0:15' },
    { ...seen, state: 'PENDING', reason: 'BeginTime' },
  ]);
  expect(attempts.get('a')).toEqual([expect.objectContaining({ job_id: '7', state: 'PENDING', reason: 'BeginTime' })]);
  for (const field of ['node', 'started', 'ended', 'exit_code']) expect(attempts.get('a')?.[0]).not.toHaveProperty(field);
});
