import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../server/model/duration.ts';

/** sbatch(1), --time. */
test.each([
  ['90', 5400],
  ['90:30', 5430],
  ['1:30:00', 5400],
  ['36:00:00', 129_600],
  ['1-12', 129_600],
  ['1-12:30', 131_400],
  ['1-12:30:15', 131_415],
])('%s is a time limit', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(['', '0', '0:00:00', 'infinite', '1h', '1:60', '1:00:60', '1-24', '1-1:60', '-5', '1.5', '1:2:3:4', '1-', '99999999'])(
  '%j is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('what is written back is read as the same time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 * 86_400 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseDuration(text) ?? 1).toBeGreaterThan(0);
    }),
  );
});
