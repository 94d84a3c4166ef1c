import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QWEN3_SIZES } from '../../../server/frameworks/torchtune/config/unknown_model.ts';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { readTree, type Tree } from '../../../server/frameworks/torchtune/reading/config_tree.ts';
import { type Components, SECTIONS } from '../../../server/frameworks/torchtune/versions/components.ts';
import { NIGHTLY } from '../../../server/frameworks/torchtune/versions/nightly.ts';
import { KEYS_OF_NIGHTLY } from '../../../server/frameworks/torchtune/versions/nightly_keys.ts';
import { V0_6_1 } from '../../../server/frameworks/torchtune/versions/v0_6_1.ts';
import type { Framework } from '../../../server/model/framework.ts';
import { problemLine } from '../../../server/model/problem.ts';
import { type Cells, requestFor, TINY_LLAMA3 } from '../example_plan.ts';
import { loraEpoch, saved, state } from './saved_files.ts';

type Example = Parameters<typeof requestFor>[1];
const found = await torchtune.inVersion('nightly');
if (found === undefined) throw new Error('there is no nightly');
const nightly: Framework = found;

const problemsOf = (cells: Cells, example?: Example): string[] => nightly.render(requestFor(cells, example)).problems.map(problemLine);
function textOf(cells: Cells, example?: Example, framework = nightly): string {
  const rendered = framework.render(requestFor(cells, example));
  if (!('text' in rendered)) throw new Error(rendered.problems.map(problemLine).join('\n'));
  return rendered.text;
}

/** What is known of the version, from its source: keys by recipe, arguments by component. `*` marks what must be there. */
const facts = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../server/frameworks/torchtune/data/nightly/${name}.json`, import.meta.url), 'utf8')) as T;
const RECIPES = facts<Record<string, { required: string[]; optional: string[] }>>('recipes');
const COMPONENTS = facts<Record<string, string[]>>('components');
/** Keys of load_dataset, which a data set hands on. */
const HANDED_ON = ['data_files', 'field', 'delimiter', 'data_dir', 'name'];

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const has = (tree: Tree, key: string): boolean => {
  let value: unknown = tree;
  for (const part of key.split('.')) {
    if (!isTree(value) || !Object.hasOwn(value, part)) return false;
    value = value[part];
  }
  return true;
};

/** Of what a component takes as one value with keys of its own, these. */
const INNER: Readonly<Record<string, readonly string[]>> = {
  checkpoint_files: ['filename_format', 'max_filename'],
  column_map: ['input', 'output', 'chosen', 'rejected'],
};

function componentFaults(path: string, node: Tree): string[] {
  const component = String(node._component_);
  const signature = COMPONENTS[component]?.filter((name) => name !== '**');
  if (signature === undefined) return [`${path}: no component ${component}`];
  const known = signature.map((name) => name.replace('*', ''));
  const given = Object.entries(node).filter(([key]) => key !== '_component_');
  const handedOn = component.startsWith('torchtune.datasets.') ? HANDED_ON : [];
  return [
    ...signature.filter((name) => name.endsWith('*') && !Object.hasOwn(node, name.slice(0, -1))).map((name) => `${path}: lacks ${name}`),
    ...given.filter(([key]) => ![...known, ...handedOn].includes(key)).map(([key]) => `${path}: unknown ${key}`),
    ...given.flatMap(([key, value]) => (isTree(value) ? innerFaults(`${path}.${key}`, key, value) : [])),
  ];
}

const innerFaults = (path: string, key: string, node: Tree): string[] =>
  '_component_' in node
    ? componentFaults(path, node)
    : Object.keys(node)
        .filter((inner) => !INNER[key]?.includes(inner))
        .map((inner) => `${path}: unknown ${inner}`);

/** Everything in which a config does not fit what is known of its recipe and components. */
function faultsOf(text: string): string[] {
  const tree = readTree(text, 'finetune.yaml');
  const { recipe } = nightly.readConfig(text, 'finetune.yaml');
  const keys = RECIPES[recipe];
  if (keys === undefined) return [`no recipe ${recipe}`];
  const read = [...keys.required.filter((key) => !key.includes('.')), ...keys.optional];
  return [
    ...keys.required.filter((key) => !has(tree, key)).map((key) => `lacks ${key}`),
    ...Object.keys(tree)
      .filter((key) => !read.includes(key))
      .map((key) => `unknown ${key}`),
    ...Object.entries(tree).flatMap(([key, node]) => (isTree(node) ? componentFaults(key, node) : [])),
  ];
}

describe('a config for torchtune nightly', () => {
  it('fits its recipe and its components, for every model, method and recipe', () => {
    const pairs = { format: 'preference', path: '/d/pairs.jsonl' };
    const cases: [string, Cells, NonNullable<Example>][] = [];
    for (const model of nightly.known_models)
      for (const gpus of [1, 4])
        for (const method of ['lora', 'qlora', 'dora', 'full']) {
          if (method === 'dora' && model.includes('405B')) continue;
          const of = (name: string, cells: Cells, dataset: NonNullable<Example>['dataset'] = {}) =>
            cases.push([`${model} ${method} ${gpus} ${name}`, { method, gpus, ...cells }, { model, dataset }]);
          of('answers', {});
          if (gpus > 1 || method === 'lora' || method === 'qlora') of('pairs', {}, pairs);
          if (method !== 'full') of('taught', { teacher_model: model });
          if (method === 'full' || (method === 'lora' && gpus > 1)) of('quantised', { 'quantizer.groupsize': 32 });
          if (method === 'full' && gpus > 1) of('validated', { run_val_every_n_steps: 10, 'dataset_val.data_files': '/d/val.json' });
        }
    for (const method of ['lora', 'full']) cases.push([`tiny ${method}`, { method, gpus: 0 }, { model: 'tiny', planned: TINY_LLAMA3 }]);
    const recipes = new Set<string>();
    const faults = cases.flatMap(([name, cells, example]) => {
      const text = textOf(cells, example);
      recipes.add(nightly.readConfig(text, name).recipe);
      return faultsOf(text).map((fault) => `${name}: ${fault}`);
    });
    expect(faults).toEqual([]);
    expect(cases.length).toBeGreaterThan(500);
    expect([...recipes].sort()).toEqual(Object.keys(RECIPES).sort());
  });

  it('is asked in a way that finds what is wrong', () => {
    // A config of 0.6.1 does not fit: the key that nightly requires is missing.
    expect(faultsOf(textOf({}, {}, torchtune))).toEqual(['lacks log_level']);
    const text = textOf({});
    expect(faultsOf(text.replace(/^seed:.*\n/m, ''))).toEqual(['lacks seed']);
    expect(faultsOf(text.replace('lora_dropout:', 'lora_dropoutt:'))).toEqual(['model: unknown lora_dropoutt']);
    expect(faultsOf(text.replace(/^ {2}checkpoint_dir:.*\n/m, ''))).toEqual(['checkpointer: lacks checkpoint_dir*']);
  });

  it('says so at its top, and reads as one of that version', async () => {
    await expect(textOf({ lora_rank: 16 }, { model: 'Qwen3-8B' })).toMatchFileSnapshot('../golden/nightly_qwen3_8b_lora.yaml');
    await expect(
      textOf(
        {
          method: 'full',
          gpus: 4,
          run_val_every_n_steps: 50,
          batch_size_val: 8,
          'dataset_val.data_files': '/d/val.json',
          context_parallel_dim: 2,
        },
        { model: 'Llama-3.2-1B-Instruct' },
      ),
    ).toMatchFileSnapshot('../golden/nightly_llama_3_2_1b_full_validated.yaml');
  });
});

describe('of torchtune nightly the config stage tells', () => {
  it.each<[string, Cells, string[], Example?]>([
    [
      'LoRA with tensor parallelism',
      { gpus: 2, tensor_parallel_dim: 2, 'tensor_parallel_plan._component_': 'my.plan' },
      [
        'runs_plan.md:40:3: lora_finetune_distributed does not read "tensor_parallel_plan._component_" and torchtune would ignore it without a word; remove it; only full_finetune_distributed and qat_distributed read it',
        'runs_plan.md:40:2: lora_finetune_distributed refuses a tensor_parallel_dim other than 1; remove it, or use method full',
      ],
    ],
    [
      'validation that a recipe of one device does not know',
      { run_val_every_n_steps: 10 },
      [
        'runs_plan.md:40:1: lora_finetune_single_device does not read "run_val_every_n_steps" and torchtune would ignore it without a word; remove it; only full_finetune_distributed, lora_finetune_distributed, qat_distributed and qat_lora_finetune_distributed read it',
      ],
    ],
    [
      'a schedule that the recipe does not read',
      { method: 'full', 'quantizer.groupsize': 128, warmup_steps: 5 },
      ['runs_plan.md:40:3: qat_single_device reads no learning rate schedule and would ignore it; remove lr_scheduler and warmup_steps'],
    ],
    [
      'a model that was removed',
      {},
      [
        'runs_plan.md:40:1: torchtune nightly does not know the model "CodeLlama-7b-hf"; 0.6.1 knows it: set framework_version to 0.6.1 in the plan\'s front matter where that is installed',
      ],
      { model: 'CodeLlama-7b-hf' },
    ],
  ])('%s', (_what, cells, expected, example) => {
    expect(problemsOf(cells, example)).toEqual(expected);
  });

  it('nothing of quantisation-aware training on one GPU, compiled, or on several with a schedule, which it has', () => {
    const one = { method: 'full', 'quantizer.groupsize': 128, compile: true };
    const several = { method: 'full', gpus: 2, 'quantizer.groupsize': 128, warmup_steps: 5 };
    expect([problemsOf(one), problemsOf(several)]).toEqual([[], []]);
    expect(nightly.readConfig(textOf(one), 'f').recipe).toBe('qat_single_device');
    expect(nightly.readConfig(textOf(several), 'f').recipe).toBe('qat_distributed');
    expect(textOf(several)).toContain('  num_warmup_steps: 5  # plan');
  });
});

describe('devices that split one row between them', () => {
  it('take the same rows', () => {
    const config = textOf({ method: 'full', gpus: 4, context_parallel_dim: 2, batch_size: 4, gradient_accumulation_steps: 1 });
    expect(nightly.readConfig(config, 'f').training.effective_batch).toBe(8);
  });
});

describe('data to validate on', () => {
  it('must be there before the job starts', () => {
    const config = textOf({ gpus: 2, run_val_every_n_steps: 10, 'dataset_val.data_files': '/d/val.json' });
    expect(nightly.readConfig(config, 'f').needs).toContainEqual({ path: '/d/val.json', what: 'the data to validate on' });
  });
});

describe('the versions of torchtune', () => {
  it('know keys and models of their own', () => {
    expect(nightly.ownKey('save_every_n_steps')).toEqual({ known: true });
    expect(nightly.ownKey('dataset_val.split')).toEqual({ known: true });
    expect(torchtune.ownKey('save_every_n_steps').known).toBe(false);
    expect(torchtune.ownKey('dataset_val.split').known).toBe(false);
    expect(nightly.canonicalModel('Qwen/Qwen3-4B')).toBe('Qwen3-4B');
    expect(torchtune.canonicalModel('Qwen/Qwen3-4B')).toBeUndefined();
    expect(nightly.known_models.filter((name) => !torchtune.known_models.includes(name)).map((name) => name.replace('Qwen3-', ''))).toEqual(
      expect.arrayContaining(QWEN3_SIZES),
    );
    expect(nightly.known_models.length - QWEN3_SIZES.length).toBe(torchtune.known_models.length - 1);
  });

  it('know of each other’s keys, without loading them', () => {
    const keys = ({ argumentsOf, componentsOf, keysOfRecipe, recipes }: Components): string[] => [
      ...recipes.flatMap((recipe) => keysOfRecipe(recipe)),
      ...SECTIONS.flatMap((section) =>
        componentsOf(section).flatMap((component) => (argumentsOf(component) ?? []).map((name) => `${section}.${name}`)),
      ),
    ];
    const released = new Set(keys(V0_6_1));
    const added = new Set(keys(NIGHTLY).filter((key) => !released.has(key) && key !== 'dataset_val'));
    expect([...added].sort()).toEqual([...KEYS_OF_NIGHTLY].sort());
  });

  it('are told by what is installed', () => {
    expect(['0.6.1', '0.6.1+cpu', '0.7.0.dev20250610+cpu', '0.7.0', '0.6.0', '0.5.0', '1.0'].map(torchtune.versionOf)).toEqual([
      '0.6.1',
      '0.6.1',
      'nightly',
      'nightly',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are two frameworks, of which each gives the other, and no third', async () => {
    expect(await nightly.inVersion('0.6.1')).toBe(torchtune);
    expect(await nightly.inVersion('nightly')).toBe(nightly);
    expect(await torchtune.inVersion('0.5.0')).toBeUndefined();
  });
});

describe('what a run of torchtune nightly has saved', () => {
  it('is whole with one file of weights that has no number', () => {
    const config = textOf({ method: 'full' });
    const epoch = [saved('epoch_0/model.safetensors', 5_000_000, 10), saved('epoch_0/config.json', 300, 10)];
    expect(nightly.checkpoints(config, epoch)).toMatchObject([{ epoch: 0, complete: true }]);
    expect(nightly.checkpoints(config, [saved('epoch_0/config.json', 300, 10)])).toMatchObject([{ epoch: 0, complete: false }]);
  });

  it('is not gone on from, nor mended, since neither is known of it', () => {
    const config = textOf({ epochs: 3, save_adapter_weights_only: true });
    expect(nightly.resume(config, [...loraEpoch(0, 100), state(101)], '')).toEqual({
      why_not:
        'torchtune nightly does not load the place in the data again with LoRA, and chooses what it goes on from by a word in the path; so the steps after a resume would not be those of a run that nobody stopped',
      instead: 'start the run afresh (preflight_runs with mode "retry")',
    });
    expect(nightly.afterTraining(config)).toBeUndefined();
    expect(torchtune.afterTraining(config)).toBeDefined();
  });
});
