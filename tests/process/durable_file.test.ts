import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publish } from '../../server/process/durable_file.ts';
import { temporaryFolder } from '../support/context.ts';
import { disk } from '../support/small_disk.ts';

test('on a disk that fills up, a file is published whole or not at all', () => {
  const small = disk(join(temporaryFolder(), 'small'), 'size=8k');
  if (small === undefined) return;
  const path = join(small, 'record');
  publish(join(small, 'first'), 'x');
  const text = 'x'.repeat(6000);
  expect(() => publish(path, text)).toThrow('ENOSPC');
  expect(existsSync(path)).toBe(false);
  rmSync(join(small, 'first'));
  expect(publish(path, text)).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe(text);
});
