import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUntouched, signed, writeGenerated } from '../../server/experiment/generated_file.ts';
import { temporaryFolder } from '../support/context.ts';

const KEEP = { overwrite: false, dry_run: false };

test('any text that was signed is untouched, and any edit of it is noticed', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('hash' as const, 'html' as const), fc.nat(), (text, style, at) => {
      const whole = signed(text, style);
      expect(isUntouched(whole)).toBe(true);
      const place = at % whole.length;
      expect(isUntouched(`${whole.slice(0, place)}~${whole.slice(place)}`)).toBe(false);
    }),
  );
});

test('the same text twice changes no byte', () => {
  const path = join(temporaryFolder(), 'finetune.yaml');
  expect(writeGenerated(path, 'epochs: 1\n', 'hash', KEEP)).toEqual({ outcome: 'created' });
  const first = readFileSync(path, 'utf8');
  expect(writeGenerated(path, 'epochs: 1\n', 'hash', KEEP)).toEqual({ outcome: 'unchanged' });
  expect(readFileSync(path, 'utf8')).toBe(first);
});

test("a new text replaces the stage's own, and leaves a person's edit with its difference", () => {
  const path = join(temporaryFolder(), 'finetune.yaml');
  writeGenerated(path, 'epochs: 1\n', 'hash', KEEP);
  expect(writeGenerated(path, 'epochs: 2\n', 'hash', KEEP)).toEqual({ outcome: 'updated' });
  const edited = readFileSync(path, 'utf8').replace('epochs: 2', 'epochs: 3');
  writeFileSync(path, edited);
  const kept = writeGenerated(path, 'epochs: 2\n', 'hash', KEEP);
  expect(kept.outcome).toBe('kept');
  expect(kept.diff).toContain('-epochs: 3\n+epochs: 2');
  expect(readFileSync(path, 'utf8')).toBe(edited);
  expect(writeGenerated(path, 'epochs: 2\n', 'hash', { overwrite: true, dry_run: false })).toEqual({ outcome: 'updated' });
});

test('a file that a person wrote by hand is kept', () => {
  const path = join(temporaryFolder(), 'finetune.yaml');
  writeFileSync(path, 'mine: true\n');
  expect(writeGenerated(path, 'epochs: 2\n', 'hash', KEEP).outcome).toBe('kept');
  expect(readFileSync(path, 'utf8')).toBe('mine: true\n');
});

test('a dry run says what it would do and writes nothing', () => {
  const path = join(temporaryFolder(), 'finetune.yaml');
  expect(writeGenerated(path, 'epochs: 2\n', 'hash', { overwrite: false, dry_run: true })).toEqual({ outcome: 'created' });
  expect(() => readFileSync(path)).toThrow('ENOENT');
});
