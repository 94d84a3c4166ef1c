import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { omegaConfFault, valueOfCell, yamlFloat, yamlValue } from '../../../server/frameworks/torchtune/config/yaml_value.ts';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { readOwnLayout, readYaml } from '../../../server/frameworks/torchtune/reading/config_tree.ts';
import { requestFor } from '../example_plan.ts';

const TRICKY = [
  'yes',
  'no',
  'on',
  'off',
  'Y',
  'null',
  '~',
  '1:30',
  '00004',
  '1e5',
  'e0',
  'E+12',
  '.5',
  '0x1f',
  '1_000',
  '2001-01-01',
  '=',
  '<<',
  '- a',
  'a: b',
  'a #b',
  '',
  ' a',
  "'",
  '"',
  '\\',
  '\n',
  '\u2028',
  '\u0085',
  '*a',
  '&a',
  '!a',
  '%a',
  '@a',
  '`a',
  '{a}',
  '[a]',
  '|',
  '>',
  '?',
  ':',
  'a\tb',
  '😀',
];
const text = fc.oneof(fc.constantFrom(...TRICKY), fc.string({ unit: 'grapheme' }), fc.string());

describe('a value in a config', () => {
  it('is read back as it was, by YAML 1.1 and by YAML 1.2', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.array(text, { maxLength: 4 }), fc.boolean(), fc.integer(), fc.constant(null)), (value) => {
        for (const version of ['1.1', '1.2'] as const)
          expect(parse(`key: ${yamlValue(value)}  # default\n`, { version })).toEqual({ key: value });
      }),
      { numRuns: 1000 },
    );
  });

  it('that is a float keeps its value, and looks like one to YAML 1.1', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(yamlFloat(value)).toMatch(/^-?\d+\.\d+(e[+-]\d+)?$/);
        expect(Number(yamlFloat(value)) === value).toBe(true);
      }),
    );
    expect([2e-4, 1e-5, 0, 1, 0.01, 2.5e-7].map(yamlFloat)).toEqual(['2.0e-4', '1.0e-5', '0.0', '1.0', '0.01', '2.5e-7']);
  });

  it('that OmegaConf would change is refused', () => {
    expect(omegaConfFault({ a: ['x', '${y}'] })).toBe('"${" starts an interpolation of OmegaConf and cannot be written as plain text');
    expect(omegaConfFault('???')).toBe('"???" means a missing value to OmegaConf');
    expect(omegaConfFault(['a ???', '$x', null, 1])).toBeUndefined();
  });

  it('from a cell of the plan is what a person means', () => {
    expect(['[0.9, 0.95]', '1e-5', 'True', 'null', '[]', '[a, b]', 'sum of', '"1"'].map(valueOfCell)).toEqual([
      [0.9, 0.95],
      1e-5,
      true,
      null,
      [],
      ['a', 'b'],
      'sum of',
      '1',
    ]);
  });
});

describe('the quick reader', () => {
  const quickOrSame = (file: string): void => {
    const quick = readOwnLayout(file);
    if (quick !== undefined) expect(quick).toEqual(readYaml(file, 'f'));
  };

  it('reads what we write, whatever the strings, and agrees with the parser', () => {
    fc.assert(
      fc.property(
        text,
        text,
        fc.integer({ min: 1, max: 99 }),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        (before, column, rank, lr) => {
          fc.pre(!/[${}]|\?\?\?|\\/.test(before + column));
          const rendered = torchtune.render(
            requestFor({ lora_rank: rank, lr, prompt: `${before}{input}` }, { dataset: { input_column: column } }),
          );
          if (!('text' in rendered)) throw new Error(rendered.problems[0]?.what);
          expect(readOwnLayout(rendered.text)).toEqual(readYaml(rendered.text, 'f'));
        },
      ),
    );
  });

  it('agrees with the parser on lines that look like ours, or leaves them to it', () => {
    const scalar = fc.oneof(
      text,
      fc.constantFrom(
        '[a, b]',
        '[a,b]',
        '[]',
        '"x" # c',
        '0777',
        '1.',
        '1.5e3',
        '1.5e+3',
        'True',
        '{a: b}',
        '[[a], b]',
        '"\\u0041"',
        '"\\/"',
      ),
    );
    const line = fc
      .tuple(fc.constantFrom('', '  ', '    '), fc.constantFrom('a', 'b', 'on', 'key_1'), fc.option(scalar))
      .map(([indent, key, value]) => `${indent}${key}:${value === null ? '' : ` ${value}`}`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const file = `${lines.join('\n')}\n`;
        let parsed: unknown;
        try {
          parsed = readYaml(file, 'f');
        } catch {
          expect(lines.length === 0 ? undefined : readOwnLayout(file)).toBeUndefined();
          return;
        }
        if (parsed !== undefined) quickOrSame(file);
      }),
      { numRuns: 2000 },
    );
  });
});
