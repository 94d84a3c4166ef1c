import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { RULES } from '../../../server/frameworks/torchtune/rules/check.ts';
import { RULES_OF_0_6_1 } from '../../../server/frameworks/torchtune/rules/only_0_6_1.ts';
import { problemLine } from '../../../server/model/problem.ts';
import { HARMS, NOT_SEEN } from './real_cases/harms.ts';
import { REFUSALS } from './real_cases/refusals.ts';
import { WRONG_VALUES } from './real_cases/wrong_values.ts';
import { tinyTraining } from './tiny_config.ts';

const python = process.env.RUNWRIGHT_PYTHON;
const required = process.env.RUNWRIGHT_REQUIRE_TORCHTUNE === '1';
if (python === undefined) process.stderr.write('\nSKIPPED: RUNWRIGHT_PYTHON names no Python with torchtune, so it broke no rule.\n');

const dir = mkdtempSync(join(tmpdir(), 'runwright-real-rules-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Seen {
  name: string;
  ended: string;
  steps: Readonly<Record<string, number | string>>[];
  /** Layers whose activations are computed again. */
  checkpointed?: number;
}

const SHIPPED = `
import json, pathlib, torchtune
folder = pathlib.Path(torchtune.__file__).parent.parent / "recipes" / "configs"
print(json.dumps({str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.yaml"))}))
`;

const ALL = [...RULES, ...RULES_OF_0_6_1];

const observer = new URL('./observe.py', import.meta.url).pathname;

/** Numbers differ from case to case. */
const plain = (text: string): string => text.replaceAll('\n', ' ').replaceAll('`', '').replace(/\d+/g, '0');
/** The texts in backticks of what a rule says of torchtune. */
const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, inner]) => inner ?? '');

it('every rule is shown by a refusal or by a harm, or it is said why not', () => {
  const shown = [...Object.keys(REFUSALS), ...Object.keys(HARMS).map((name) => name.split(':')[0] ?? ''), ...Object.keys(NOT_SEEN)];
  const names = ALL.map(({ name }) => name);
  expect([...new Set(shown.filter((name) => names.includes(name)))].sort()).toEqual([...names].sort());
  expect(Object.keys({ ...REFUSALS, ...NOT_SEEN }).filter((name) => !names.includes(name))).toEqual([]);
});

describe.skipIf(python === undefined && !required)('the real torchtune', () => {
  const seen = new Map<string, Seen>();

  beforeAll(async () => {
    const configFor = await tinyTraining(dir);
    const cases = Object.entries({ ...REFUSALS, ...HARMS, ...WRONG_VALUES }).map(([name, one]) => {
      if ('python' in one) return { name, python: one.python };
      const { cells = {}, edits, recipe, unmetered } = { cells: {}, recipe: undefined, unmetered: undefined, ...one };
      const config = configFor(cells, edits);
      return { name, recipe: recipe ?? `${cells.method === 'full' ? 'full' : 'lora'}_finetune_single_device`, unmetered, config };
    });
    const run = spawnSync(python ?? 'RUNWRIGHT_PYTHON', [observer], {
      input: JSON.stringify({ cases }),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(dir, 'hf') },
    });
    for (const line of run.stdout.split('\n').filter((text) => text.startsWith('{'))) {
      const found = JSON.parse(line) as Seen;
      seen.set(found.name, found);
    }
    if (seen.size < cases.length) throw new Error(run.stderr.slice(-2000));
  }, 300_000);

  it.each(Object.keys(REFUSALS))('refuses what %s refuses beforehand, with the text that the rule tells', (name) => {
    const rule = ALL.find((one) => one.name === name);
    const ended = plain(seen.get(name)?.ended ?? '');
    const texts = quoted(rule?.torchtune ?? '');
    expect(
      texts.some((text) => ended.includes(plain(text))),
      `${ended}\n\n${rule?.torchtune}`,
    ).toBe(true);
  });

  it.each(Object.entries(HARMS))('ends well, and does not do what was meant: %s', (name, { shows }) => {
    const one = seen.get(name);
    expect(one?.ended).toBe('well');
    expect(
      shows(one?.steps ?? [], (other) => seen.get(other)?.steps ?? [], one?.checkpointed ?? -1),
      JSON.stringify(one?.steps),
    ).toBe(true);
  });

  it.each(Object.entries(WRONG_VALUES))('does not train with %s', (name, { ended }) => {
    expect(seen.get(name)?.ended).toContain(ended);
  });

  it('ships configs in which nothing is wrong but what is wrong there', () => {
    const out = spawnSync(python ?? '', ['-c', SHIPPED], { encoding: 'utf8', maxBuffer: 2 ** 26 }).stdout;
    const shipped = Object.entries(JSON.parse(out) as Record<string, string>);
    expect(shipped.length).toBeGreaterThan(150);
    const errors = shipped.flatMap(([name, text]) => {
      // The comments of these name a second recipe, which preflight asks about.
      if (/_KD_|multinode/.test(name)) return [];
      return torchtune
        .judgeConfig(text, name)
        .filter(({ severity }) => severity === 'error')
        .map(problemLine);
    });
    expect(errors).toEqual(['dev/8B_full_experimental.yaml:83:1: log_every_n_steps cannot be null; it must be a whole number from 1 up']);
  });
});
