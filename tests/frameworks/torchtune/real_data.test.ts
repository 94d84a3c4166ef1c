import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteTokenizer } from '../../../demo/tiny_model.ts';
import { LocalConnection } from '../../../server/clusters/local.ts';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { lookThere } from '../../../server/launch/preflight/site_look.ts';
import type { DataFinding } from '../../../server/model/data_set.ts';
import { DATA_CASES, pathOf, writeDataCases } from '../../launch/data_cases.ts';
import { type Cells, configText, requestFor } from '../example_plan.ts';

const python = process.env.RUNWRIGHT_PYTHON;
const required = process.env.RUNWRIGHT_REQUIRE_TORCHTUNE === '1';
if (python === undefined) process.stderr.write('\nSKIPPED: RUNWRIGHT_PYTHON names no Python with torchtune, so it read no data set.\n');

const dir = mkdtempSync(join(tmpdir(), 'runwright-real-data-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Read = { error: string } | { rows: number; tokens: number; longest: number };

/** Rows of many lengths, in bytes as the tokenizer counts. */
const PROSE = Array.from({ length: 200 }, (_, index) => ({ input: 'a word '.repeat(1 + ((index * 37) % 40)), output: `WORD ${index}` }));
const MEASURED: [string, Cells, Record<string, string>][] = [
  ['whole', {}, {}],
  ['part', {}, { split: 'train[:33%]' }],
  ['slice', {}, { split: 'train[-20:]' }],
  ['cut', { max_seq_len: 128 }, {}],
  ['packed', { packed: true, max_seq_len: 512 }, {}],
  ['slice_in_percent', {}, { split: 'train[1:51%]' }],
  ['slices', {}, { split: 'train[:20]+train[-3:]+train[33%:50%]' }],
  ['plain', { max_seq_len: 200 }, { format: 'completion', input_column: 'output' }],
  ['plain_packed', { packed: true, max_seq_len: 64 }, { format: 'completion', input_column: 'output' }],
  [
    'plain_whole_packed',
    { packed: true, max_seq_len: 64, 'dataset.split_across_pack': false },
    { format: 'completion', input_column: 'output' },
  ],
];

describe.skipIf(python === undefined && !required)('the real torchtune', () => {
  let read: Record<string, Read> = {};
  const configs = new Map<string, string>();
  let findings: readonly DataFinding[] = [];

  beforeAll(async () => {
    writeDataCases(dir);
    const model = join(dir, 'model', 'original', 'tokenizer.model');
    mkdirSync(dirname(model), { recursive: true });
    writeFileSync(model, byteTokenizer());
    writeFileSync(join(dir, 'prose.json'), JSON.stringify(PROSE));
    const render = (name: string, cells: Cells, dataset: Record<string, string>): void => {
      const request = requestFor(cells, { dataset });
      const text = configText({ ...request, places: { run_dir: join(dir, 'run'), model_dir: join(dir, 'model') } }, name);
      writeFileSync(join(dir, `${name}.yaml`), text);
      configs.set(name, text);
    };
    for (const one of DATA_CASES) render(one.name, { batch_size: 1 }, { path: pathOf(dir, one), ...one.dataset });
    for (const [name, cells, dataset] of MEASURED) render(name, cells, { path: join(dir, 'prose.json'), ...dataset });
    const script = new URL('read_data.py', import.meta.url).pathname;
    const files = [...configs.keys()].map((name) => join(dir, `${name}.yaml`));
    const run = spawnSync(python ?? 'RUNWRIGHT_PYTHON', [script, model, ...files], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    read = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, Read>;
    const needs = MEASURED.flatMap(([name]) => torchtune.dataNeeds(configs.get(name) ?? ''));
    const setup = [`export PATH=${dirname(python ?? '')}:$PATH`];
    const found = await lookThere(new LocalConnection(), setup, { data: needs, weights: [], space: [] }, new AbortController().signal);
    if ('data' in found) findings = found.data;
  }, 120_000);

  it('ends with an error on the data sets that we refuse, and on no other', () => {
    const refusing = DATA_CASES.filter(({ name }) => 'error' in (read[name] ?? {})).map(({ name }) => name);
    expect(refusing).toEqual(DATA_CASES.filter(({ refused }) => refused).map(({ name }) => name));
  });

  it("counts the rows, tokens and packs that we tell, with the model's own tokenizer at hand", () => {
    const told = MEASURED.map(([name], index) => {
      const finding = findings[index];
      if (finding === undefined) throw new Error(`${name} was not looked at`);
      const { lengths, rows } = finding;
      const real = read[name];
      if (real === undefined || 'error' in real) throw new Error(`${name}: ${JSON.stringify(real)}`);
      return {
        name,
        measured: lengths.measured,
        off: (name.endsWith('packed') ? lengths.packs : (rows ?? 0)) / real.rows - 1,
        lengths,
        real,
      };
    });
    expect(told.map(({ name, measured }) => [name, measured])).toEqual(MEASURED.map(([name]) => [name, true]));
    // Rows are counted. Packs follow from lengths, and this tokenizer spells "assistant" in nine tokens, where a real one has one.
    for (const { name, off } of told)
      expect(Math.abs(off), name).toBeLessThanOrEqual(name === 'packed' ? 0.15 : name.endsWith('packed') ? 0.02 : 0);
    for (const { name, lengths, real } of told.filter((one) => ['whole', 'plain'].includes(one.name))) {
      const close = name === 'whole' ? 0.1 : 0.01;
      expect(Math.abs(lengths.mean_tokens / (real.tokens / 200) - 1), name).toBeLessThan(close);
      expect(Math.abs(lengths.longest / real.longest - 1), name).toBeLessThan(close);
    }
  });
});
