import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellQuote, shellWords } from '../../server/model/shell_quote.ts';

test('a plain word stays readable, anything else is quoted', () => {
  expect(shellWords(['tune', 'run', '--config', '/scratch/a b/finetune.yaml', "it's", '$(rm -rf /)', ''])).toBe(
    `tune run --config '/scratch/a b/finetune.yaml' 'it'\\''s' '$(rm -rf /)' ''`,
  );
});

test('a NUL byte cannot be a shell word', () => {
  expect(() => shellQuote('a\0b')).toThrow('a NUL byte cannot be part of a shell word');
});

test('whatever the words are, bash gets just these words', () => {
  const word = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[ -~\n\t]{0,20}$/)).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
      const sane = words.map((text) => Buffer.from(text, 'utf8').toString('utf8'));
      const out = execFileSync('bash', ['-c', `printf '%s\\0' ${shellWords(sane)}`], { encoding: 'utf8' });
      expect(out.split('\0').slice(0, -1)).toEqual(sane);
    }),
    { numRuns: 60 },
  );
});
