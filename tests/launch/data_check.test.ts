import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { LocalConnection } from '../../server/clusters/local.ts';
import { torchtune } from '../../server/frameworks/torchtune/framework.ts';
import { dataFaults } from '../../server/launch/preflight/data_faults.ts';
import { lookThere, type SiteLook } from '../../server/launch/preflight/site_look.ts';
import type { DataNeed } from '../../server/model/data_set.ts';
import { configText, requestFor } from '../frameworks/example_plan.ts';
import { DATA_CASES, type DataCase, pathOf, writeDataCases } from './data_cases.ts';

const dir = mkdtempSync(join(tmpdir(), 'runwright-data-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const signal = new AbortController().signal;

async function look(
  data: readonly DataNeed[],
  more: { weights?: string[]; space?: string[]; seconds?: number; setup?: string[] } = {},
): Promise<SiteLook> {
  const { setup = [], ...request } = more;
  const found = await lookThere(new LocalConnection(), setup, { data, weights: [], space: [], ...request }, signal);
  if ('not_checked' in found) throw new Error(found.not_checked);
  return found;
}

function configOf(one: DataCase): string {
  return configText(requestFor({ batch_size: 1, ...one.cells }, { dataset: { path: pathOf(dir, one), ...one.dataset } }), one.name);
}

const onlyNeed = (config: string): DataNeed => {
  const [need] = torchtune.dataNeeds(config);
  if (need === undefined) throw new Error('the config reads nothing');
  return need;
};

describe('a data set', () => {
  it('is read where it lies, all in one command, and each fault is told with its mend', async () => {
    writeDataCases(dir);
    const needs = DATA_CASES.map((one) => onlyNeed(configOf(one)));
    const { data } = await look(needs, { setup: ['echo a word from a module', 'read -r word'] });
    const said = DATA_CASES.map((one, index) => {
      const [need, finding] = [needs[index], data[index]];
      if (need === undefined || finding === undefined) throw new Error(`${one.name} was not looked at`);
      return [
        one.name,
        ...dataFaults('words', need, finding, new Set()).map(({ severity, what, fix }) =>
          `${severity}: ${what}; ${fix}`.replaceAll(dir, 'DIR'),
        ),
      ];
    });
    expect(said).toEqual(DATA_CASES.map(({ name, says }) => [name, ...says]));
  });

  it('of pairs is as long as the longer answer makes it', async () => {
    const talk = (answer: string) => [
      { role: 'user', content: 'q'.repeat(40) },
      { role: 'assistant', content: answer },
    ];
    const file = { name: 'pairs_of_lengths', text: '', says: [], refused: false, dataset: { format: 'preference' } };
    writeFileSync(pathOf(dir, file), JSON.stringify([{ chosen: talk('a'.repeat(400)), rejected: talk('b'.repeat(80)) }]));
    const alone = { ...file, name: 'the_longer_one', dataset: { format: 'chat' } };
    writeFileSync(pathOf(dir, alone), JSON.stringify([{ messages: talk('a'.repeat(400)) }]));
    const { data } = await look([file, alone].map((one) => onlyNeed(configOf(one))));
    expect(data[0]?.lengths.longest).toBe(data[1]?.lengths.longest);
  });

  it('of Parquet is "not checked" where python3 has no pyarrow, and no error then', async () => {
    const one = { name: 'table', ending: 'parquet', text: '', says: [], refused: false };
    writeFileSync(pathOf(dir, one), 'PAR1');
    const bin = join(dir, 'bin-plain');
    mkdirSync(bin);
    const python = execFileSync('bash', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim();
    writeFileSync(join(bin, 'python3'), `#!/bin/sh\nexec ${python} -I -S "$@"\n`, { mode: 0o755 });
    const need = onlyNeed(configOf(one));
    const [finding] = (await look([need], { setup: [`export PATH=${bin}:$PATH`] })).data;
    if (finding === undefined) throw new Error('not looked at');
    expect(dataFaults('table', need, finding, new Set())).toEqual([
      {
        severity: 'warning',
        what: 'data set table was not checked: the python3 there has no pyarrow, which Parquet needs',
        fix: 'look at it yourself',
      },
    ]);
  });
});

describe('rows of JSON', () => {
  const value = fc.string({ unit: 'grapheme', maxLength: 40 });
  const layouts: ((rows: readonly unknown[]) => { text: string; field?: string })[] = [
    (rows) => ({ text: JSON.stringify(rows) }),
    (rows) => ({ text: JSON.stringify(rows, null, 3) }),
    (rows) => ({ text: rows.map((row) => JSON.stringify(row)).join('\n') }),
    (rows) => ({ text: JSON.stringify({ before: [{ a: [1] }], n: 1.5, data: rows, after: 'x' }), field: 'data' }),
  ];

  it('are counted and measured as JSON.parse would, in every layout', async () => {
    const tables = fc.sample(fc.array(fc.record({ input: value, output: value }), { minLength: 1, maxLength: 30 }), 100);
    const cases = tables.map((rows, index) => {
      const layout = layouts[index % layouts.length];
      if (layout === undefined) throw new Error('no layout');
      const { text, field } = layout(rows);
      const path = join(dir, `property-${index}.json`);
      writeFileSync(path, text);
      return { rows, need: needOf(path, field) };
    });
    const { data } = await look(cases.map(({ need }) => need));
    expect(data.map(({ rows, looked, broken }) => ({ rows, looked, broken }))).toEqual(
      cases.map(({ rows }) => ({ rows: rows.length, looked: rows.length, broken: undefined })),
    );
    const longest = (rows: readonly { input: string; output: string }[]): number =>
      Math.max(...rows.map(({ input, output }) => Math.ceil(Buffer.byteLength(input + output) / 4) + 12));
    expect(data.map(({ lengths }) => lengths.longest)).toEqual(cases.map(({ rows }) => longest(rows)));
  });

  it('that are too many to read are counted by the share of the file that was read, packed or not', async () => {
    const lines = Array.from({ length: 40_000 }, (_, index) =>
      JSON.stringify({ input: `word number ${index}`, output: `WORD ${index}` }),
    ).join('\n');
    writeFileSync(join(dir, 'long.jsonl'), lines);
    writeFileSync(join(dir, 'long.jsonl.gz'), gzipSync(lines));
    const { data } = await look(
      ['long.jsonl', 'long.jsonl.gz'].map((name) => needOf(join(dir, name))),
      { seconds: 0 },
    );
    for (const finding of data) {
      expect(finding).toMatchObject({ partial: true, looked: 1000 });
      expect(Math.abs((finding.rows ?? 0) / 40_000 - 1)).toBeLessThan(1);
    }
  });

  it('under a pattern with ** are those of the folders below, too, and folders are no files', async () => {
    const rows = JSON.stringify([{ input: 'a', output: 'b' }]);
    mkdirSync(join(dir, 'tree', 'below', 'more.json'), { recursive: true });
    for (const path of ['a.json', 'below/b.json', 'below/more.json/c.json']) writeFileSync(join(dir, 'tree', path), rows);
    const { data } = await look([needOf(join(dir, 'tree', '**', '*.json')), needOf(join(dir, 'tree', '*', '*.json'))]);
    expect(data.map(({ looked, broken }) => [looked, broken])).toEqual([
      [3, undefined],
      [1, undefined],
    ]);
  });

  it('that make up new keys all the way hold no more memory for it, and are not judged by their columns then', async () => {
    const keys = (start: number): string =>
      JSON.stringify({
        input: 'a',
        output: 'b',
        x: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${start + index}`, 1])),
      });
    const path = join(dir, 'keys.jsonl');
    writeFileSync(path, [...Array.from({ length: 30 }, (_, index) => keys(index * 1000)), '{"input": 1, "output": "b"}'].join('\n'));
    const { data } = await look([needOf(path)]);
    expect(data[0]?.faults.map(({ kind }) => kind)).toEqual(['not_text']);
  });

  function needOf(path: string, field?: string): DataNeed {
    return {
      files: [path],
      reader: 'json',
      ...(field !== undefined && { field }),
      texts: ['input', 'output'],
      optional: [],
      conversations: [],
      answer: 'output',
      extra_bytes: 0,
      batch: 1,
      split_across: false,
    };
  }
});

describe("a model's file", () => {
  it('that is cut off, empty, damaged or a pointer is told', async () => {
    const whole = Buffer.from(`${JSON.stringify({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } })}        `);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(whole.length));
    const files: [string, Buffer | string][] = [
      ['whole.safetensors', Buffer.concat([length, whole, Buffer.alloc(8)])],
      ['short.safetensors', Buffer.concat([length, whole, Buffer.alloc(3)])],
      ['header.safetensors', Buffer.concat([length, whole.subarray(0, 9)])],
      ['pointer.safetensors', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4965799096\n'],
      ['empty.bin', ''],
      ['config.json', '{"hidden_size": 64'],
      ['noise.safetensors', Buffer.from(`${'\x05\0\0\0\0\0\0\0'}not json`)],
    ];
    for (const [name, bytes] of files) writeFileSync(join(dir, name), bytes);
    const { weights } = await look([], { weights: [...files.map(([name]) => join(dir, name)), join(dir, 'absent.bin'), dir] });
    expect(weights.map(({ path, fault }) => `${path.slice(dir.length + 1)}: ${fault}`)).toEqual([
      'short.safetensors: it has 73 bytes, and its header tells of 78: the download was cut off',
      'header.safetensors: it is cut off in its header (17 bytes)',
      'pointer.safetensors: it is a git-lfs pointer, not the file; `git lfs pull` fetches it',
      'empty.bin: it is empty',
      'config.json: its content is damaged',
      'noise.safetensors: its content is damaged',
    ]);
  });
});

describe('free space', () => {
  it('is that of the nearest folder that is there, and less where quota says so', async () => {
    const bin = join(dir, 'bin-quota');
    const device = (await look([], { space: [dir] })).space[0]?.device ?? '';
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'quota'),
      `#!/bin/sh\necho 'Disk quotas for user alice (uid 1000):'\necho '  Filesystem blocks quota limit grace files quota limit grace'\necho '  ${device} 900* 1000 1500 0 1 0 0 0'\n`,
      { mode: 0o755 },
    );
    const { space } = await look([], { space: [join(dir, 'not', 'yet', 'there')], setup: [`export PATH=${bin}:$PATH`] });
    expect(space).toEqual([{ path: join(dir, 'not', 'yet', 'there'), device, free: 600 * 1024, quota: true }]);
  });
});

it('nothing is silently skipped: without python3 it is said', async () => {
  const answer = await lookThere(new LocalConnection(), ['export PATH=/nowhere'], { data: [], weights: [], space: [] }, signal);
  expect(answer).toEqual({ not_checked: 'python3 was not found there' });
});
