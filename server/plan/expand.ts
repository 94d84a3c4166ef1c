import { UserError } from '../model/problem.ts';
import { runNameFault } from '../model/run_name.ts';
import { canonicalSetting, SETTINGS } from '../model/settings.ts';
import { valueText } from './cell_value.ts';
import type { GridInput, InputValue, RunInput } from './input.ts';

/** How a setting is called in a run's name; others by their own name. */
const SHORT: Readonly<Record<string, string>> = { lora_rank: 'rank', lr: 'lr', seed: 'seed', batch_size: 'bs', epochs: 'ep' };
const MOST_RUNS = 10_000;

interface Dimension {
  key: string;
  values: readonly InputValue[];
  /** What each value adds to the name; empty when it does not vary. */
  labels: readonly string[];
}

/** Only what a folder's name can hold, and no dangling separators. */
const safe = (text: string): string => text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[._-]+|[.-]+$/g, '');

/** A Hugging Face id's owner is not part of a folder's name. */
const modelLabel = (model: string): string => safe(model.slice(model.lastIndexOf('/') + 1));

/** What tells the names apart: common beginnings and ends are dropped at `_`, `-` and `.` (`words_5L`, `words_9L`: `5L`, `9L`). */
export function shortNames(names: readonly string[]): string[] {
  const [first = ''] = names;
  let start = 0;
  let end = 0;
  for (let at = 1; at < first.length; at += 1) {
    if (/[_.-]/.test(first[at - 1] ?? '') && names.every((name) => name.startsWith(first.slice(0, at)))) start = at;
    const tail = first.slice(at);
    if (end === 0 && /^[_.-]/.test(tail) && names.every((name) => name.endsWith(tail))) end = tail.length;
  }
  const short = names.map((name) => name.slice(start, name.length - end));
  return short.every((name) => safe(name) !== '') ? short : [...names];
}

function dimensionOf(key: string, values: readonly InputValue[]): Dimension {
  if (values.length === 0) throw new UserError(`the grid's ${key} has no values; give at least one, or leave ${key} out`);
  const texts = values.map((value) => valueText(key, value) ?? '');
  const twin = texts.find((text, at) => texts.indexOf(text) !== at);
  if (twin !== undefined) throw new UserError(`the grid's ${key} has "${twin}" twice; name each value once`);
  if (key === 'model') return { key, values, labels: texts.map(modelLabel) };
  if (values.length === 1) return { key, values, labels: [''] };
  if (key === 'dataset') return { key, values, labels: shortNames(texts).map(safe) };
  const name = SHORT[key] ?? key;
  return { key, values, labels: texts.map((text) => `${safe(name)}${/^-\d/.test(text) ? '-' : ''}${safe(text)}`) };
}

function dimensionsOf(grid: GridInput): Dimension[] {
  const named = Object.entries(grid).map(([key, values]): [string, readonly InputValue[]] => {
    const name = canonicalSetting(key);
    return [Object.hasOwn(SETTINGS, name) || name === 'model' || name === 'dataset' ? name : key, values];
  });
  const keys = named.map(([key]) => key);
  const twin = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twin !== undefined) throw new UserError(`the grid has ${twin} twice; keep one`);
  if (keys.includes('run') || keys.includes('type'))
    throw new UserError(
      'a grid names its runs itself and all of them are fine-tune runs; leave run and type out, and list base runs in base',
    );
  const rank = (key: string): number => (key === 'model' ? 0 : key === 'dataset' ? 1 : 2);
  return named.sort(([a], [b]) => rank(a) - rank(b)).map(([key, values]) => dimensionOf(key, values));
}

/**
 * Explicit runs from a grid: every combination, the first-named varying slowest, named by what varies. `base` adds
 * `<model>_base` for these models, or with `true` for each model of the grid; they come first.
 */
export function expandGrid(grid: GridInput, base?: readonly string[] | boolean): RunInput[] {
  const dimensions = dimensionsOf(grid);
  const models = dimensions.find(({ key }) => key === 'model')?.values.map(String);
  if (models === undefined) throw new UserError('the grid has no model; add model: ["Llama-3.2-1B-Instruct"] or the like');
  const count = dimensions.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_RUNS) throw new UserError(`the grid makes ${count} runs; at most ${MOST_RUNS} can be planned at once`);
  const baseModels = base === true ? models : base === false || base === undefined ? [] : base;
  const runs: RunInput[] = baseModels.map((model) => ({ run: `${modelLabel(model)}_base`, type: 'base', model }));
  for (let index = 0; index < count; index += 1) {
    const values: Record<string, InputValue> = {};
    const labels: string[] = [];
    let rest = index;
    let block = count;
    for (const { key, values: choices, labels: names } of dimensions) {
      block /= choices.length;
      const choice = Math.floor(rest / block);
      rest %= block;
      values[key] = choices[choice] ?? null;
      if ((names[choice] ?? '') !== '') labels.push(names[choice] ?? '');
    }
    runs.push({ ...values, run: labels.join('_'), type: 'fine-tune', model: String(values.model) });
  }
  refuseBadNames(runs);
  return runs;
}

function refuseBadNames(runs: readonly RunInput[]): void {
  const seen = new Set<string>();
  for (const { run } of runs) {
    const fault = runNameFault(run);
    if (fault !== undefined) throw new UserError(`the grid would name a run "${run}": ${fault}; give the runs and their names yourself`);
    if (seen.has(run.toLowerCase()))
      throw new UserError(`the grid would name two runs "${run}"; give the runs and their names yourself, or make the values differ`);
    seen.add(run.toLowerCase());
  }
}
