import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMemory, parseMemory } from '../../server/model/memory_size.ts';

/** sbatch(1), --mem: MiB without a unit. */
test.each([
  ['4000', 4000],
  ['48G', 49_152],
  ['48g', 49_152],
  ['48GB', 49_152],
  ['1T', 1_048_576],
  ['2048K', 2],
])('%s is a memory size', (text, mib) => {
  expect(parseMemory(text)).toBe(mib);
});

test.each(['', '0', '48 G', '1.5G', '-1G', 'lots', 'G'])('%j is none', (text) => {
  expect(parseMemory(text)).toBeUndefined();
});

test('what is written back is read as the same size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4_000_000 }), (mib) => {
      expect(parseMemory(formatMemory(mib))).toBe(mib);
    }),
  );
});
