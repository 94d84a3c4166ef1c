import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RESERVED_NAMES, runNameFault } from '../../server/model/run_name.ts';

test.each(['Llama-3.2-1B-Instruct_5L_rank8', 'a', '1', 'x'.repeat(100), 'nano', 'console'])('%s is a name', (name) => {
  expect(runNameFault(name)).toBeUndefined();
});

const SHAPE = "a run's name has letters, digits, . _ - and starts with a letter or digit, since it becomes a folder's name";

test.each([
  ['../x', SHAPE],
  ['a b', SHAPE],
  ['$(x)', SHAPE],
  ['-rf', SHAPE],
  ['', SHAPE],
  ['a/b', SHAPE],
  ['é', SHAPE],
  ['x'.repeat(200), "it is 200 characters long; a run's name has at most 100"],
  ['a.', 'a folder name cannot end with a dot everywhere'],
  ['Logs', "the experiment's folder uses that name itself"],
  ['NUL.txt', 'Windows and network shares reserve that name'],
  ['None', 'in a plan\'s table that word means "not set"'],
  ['NA', 'in a plan\'s table that word means "not set"'],
])('%j is none', (name, fault) => {
  expect(runNameFault(name)).toBe(fault);
});

test('whatever is a name stays one folder below the experiment and needs no quoting in a shell', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9._/ $-]{1,12}$/)), (name) => {
      if (runNameFault(name) !== undefined) return;
      expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
      expect(['.', '..', '']).not.toContain(name);
      expect(RESERVED_NAMES.map((reserved) => reserved.toLowerCase())).not.toContain(name.toLowerCase());
    }),
  );
});
