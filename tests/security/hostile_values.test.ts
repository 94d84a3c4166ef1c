import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { yamlValue } from '../../server/frameworks/torchtune/config/yaml_value.ts';
import { digest } from '../../server/model/digest.ts';
import { runNameFault } from '../../server/model/run_name.ts';
import { sbatchPath, sbatchValue } from '../../server/slurm/sbatch_value.ts';
import { renderScript } from '../../server/slurm/script.ts';
import { CPU_RESOURCES, sampleRequest } from '../slurm/sample_request.ts';

const PIECES = [
  ...[
    '$(touch owned)',
    '`touch owned`',
    '; touch owned;',
    '| touch owned',
    '&& touch owned',
    '\ntouch owned\n',
    '> owned',
    '$IFS',
    '$'.concat('{x:=y}'),
  ],
  ...[
    "'",
    '"',
    '\\',
    "'\\''",
    '#',
    '!',
    '*',
    '?',
    '~',
    '{{run}}',
    '{{{launch}}}',
    '<<E',
    '-n',
    '--',
    '%j',
    '%x',
    '..',
    '/',
    ' ',
    '\t',
    '\r',
    '\n',
  ],
  ...[
    ': ',
    '- ',
    '&a',
    '*a',
    '!!python/object',
    '{',
    '[',
    '|',
    '>',
    '@',
    'null',
    'yes',
    '0x1',
    '$'.concat('{oc.env:HOME}'),
    '#SBATCH --wrap=touch',
    '\u2028',
    'ü',
    '🦙',
  ],
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
);
const values = (count: number, seed: number): string[] => fc.sample(hostile, { numRuns: count, seed });

/** Prints the words and the environment that it was given. */
const PRINT = 'import json, os, sys; json.dump([sys.argv[1:], [os.environ["V%d" % i] for i in range(1000)]], open("got", "w"))';
const CONFIG = 'model: tiny\n';

test('10,000 hostile values reach the training through bash as they are, and nothing of them is run', () => {
  for (let batch = 0; batch < 5; batch += 1) {
    const run_dir = join(mkdtempSync(join(tmpdir(), 'runwright-hostile-')), `run ${batch} $(touch owned)'`);
    mkdirSync(run_dir);
    const config_path = join(run_dir, 'finetune.yaml');
    writeFileSync(config_path, CONFIG);
    const [words, kept] = [values(1000, batch), values(1000, 1000 + batch)];
    const text = renderScript(
      sampleRequest({
        run_dir,
        config_path,
        config_digest: digest(CONFIG),
        resources: CPU_RESOURCES,
        setup: [],
        packages: [],
        writes: [],
        env: Object.fromEntries(kept.map((value, index) => [`V${index}`, value])),
        launch: ['python3', '-X', 'utf8', '-c', PRINT, ...words],
      }),
    );
    // sbatch reads options up to the first line that is no comment.
    const lines = text.split('\n');
    const header = lines.slice(
      0,
      lines.findIndex((line) => line !== '' && !line.startsWith('#')),
    );
    expect(header.join('\n')).not.toContain('wrap');
    expect(header.filter((line) => line.startsWith('#SBATCH'))).toHaveLength(9);
    writeFileSync(join(run_dir, 'finetune.slurm'), text);
    const { status, stdout } = spawnSync('bash', [join(run_dir, 'finetune.slurm'), '1'], {
      encoding: 'utf8',
      cwd: run_dir,
      env: { PATH: process.env.PATH, SLURM_JOB_ID: '7' },
    });
    expect(status, stdout).toBe(0);
    expect(JSON.parse(readFileSync(join(run_dir, 'got'), 'utf8'))).toEqual([words, kept]);
    expect(readdirSync(run_dir).sort()).toEqual(['.runwright', 'finetune.slurm', 'finetune.yaml', 'got', 'logs']);
  }
}, 120_000);

test('10,000 hostile values are read back from YAML as the text that they were', () => {
  for (const [index, value] of values(10_000, 7).entries()) {
    const text = `before: 1\nkey: ${yamlValue(value)}\nafter: 2\n`;
    for (const version of ['1.1', '1.2'] as const)
      expect(parse(text, { version }), `value ${index}`).toEqual({ before: 1, key: value, after: 2 });
  }
}, 60_000);

test('a hostile value on a line of sbatch is refused, or is one plain word', () => {
  for (const value of values(10_000, 11)) {
    let written = '';
    try {
      written = sbatchValue('partition', value);
    } catch (error) {
      expect(String(error)).toContain('cannot stand on the line "#SBATCH --partition"');
      continue;
    }
    expect(written).toMatch(/^[^\s'"`$\\;#<>-][^\s'"`$\\;#<>]*$/);
  }
  for (const value of values(10_000, 12)) {
    const path = sbatchPath(`/scratch/${value}`, 'out.txt');
    if (path !== undefined) expect(path).toMatch(/^("?)\/[^\r\n"'`$\\;%]*\1$/);
  }
});

test('a name of a run that is taken is one harmless part of a path', () => {
  for (const value of values(10_000, 13)) if (runNameFault(value) === undefined) expect(value).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
});
