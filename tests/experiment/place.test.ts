import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placeOf } from '../../server/experiment/place.ts';
import { temporaryFolder } from '../support/context.ts';

test('an absolute path outside the root is taken where nothing fences it', () => {
  expect(placeOf('/data/exp_1', { dir: '/home/alice/lab/experiments', fenced: false })).toEqual({ dir: '/data/exp_1', name: 'exp_1' });
});

test.each(['../x', '/etc/x', 'a/../../x'])('with RUNWRIGHT_EXPERIMENTS set, %s is refused', (dir) => {
  const root = temporaryFolder();
  expect(() => placeOf(dir, { dir: root, fenced: true })).toThrow(
    `is not inside ${root}; RUNWRIGHT_EXPERIMENTS keeps runwright to experiments below that folder`,
  );
});

test('a link that leads out of the root is refused', () => {
  const root = temporaryFolder();
  const outside = temporaryFolder();
  mkdirSync(join(outside, 'exp'));
  symlinkSync(join(outside, 'exp'), join(root, 'link'));
  expect(() => placeOf('link', { dir: root, fenced: true })).toThrow('is not inside');
  expect(() => placeOf('link/new', { dir: root, fenced: true })).toThrow('is not inside');
});

test('a folder is named as the disk spells it, since where case does not count it answers to every spelling', () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'words_5L'));
  symlinkSync(join(root, 'words_5L'), join(root, 'WORDS_5l'));
  expect(placeOf('WORDS_5l', { dir: root, fenced: true }).name).toBe('words_5L');
  expect(placeOf('words_9L', { dir: root, fenced: true }).name).toBe('words_9L');
});
