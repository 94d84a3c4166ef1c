import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileTails } from '../../server/clusters/file_tails.ts';
import { temporaryFolder } from '../support/context.ts';

test('the ends of files, and how long each was not written; nothing of what is missing, empty or no file', () => {
  const folder = temporaryFolder();
  const paths = ['old', 'missing', 'new\nline', 'empty', 'folder'].map((name) => join(folder, name));
  writeFileSync(paths[0] ?? '', '0123456789'.repeat(10));
  writeFileSync(paths[2] ?? '', 'x\n');
  writeFileSync(paths[3] ?? '', '');
  mkdirSync(paths[4] ?? '');
  const then = new Date(Date.now() - 3_600_000);
  utimesSync(paths[0] ?? '', then, then);

  const question = fileTails(paths, 64);
  const stdout = execFileSync('bash', ['-c', question.command], { encoding: 'utf8' });
  expect(question.read(stdout)).toEqual([`6789${'0123456789'.repeat(6)}`, '', 'x\n', '', '']);
  const [old, missing, fresh, ...others] = question.quietSeconds(stdout);
  expect(Math.round((old ?? 0) / 60)).toBe(60);
  expect(fresh).toBeLessThan(60);
  expect([missing, ...others]).toEqual([undefined, undefined, undefined]);
});

test('where a file went between its end and its time, no time is told', () => {
  const question = fileTails(['/a', '/b'], 4);
  const word = /printf '\\n%s\\n' (\w+)/.exec(question.command)?.[1];
  expect(question.quietSeconds(`/a\0/b\u00001000\n940\n\n${word}\nx`)).toEqual([undefined, undefined]);
  expect(question.quietSeconds(`/a\0/b\u00001000\n940\n1001\n\n${word}\nx`)).toEqual([60, 0]);
  expect(question.quietSeconds('')).toEqual([undefined, undefined]);
});
