import { describe, expect, it } from 'vitest';
import { DEFAULT_REASONS } from '../../../server/frameworks/torchtune/config/default_reasons.ts';
import type { YamlValue } from '../../../server/frameworks/torchtune/config/yaml_value.ts';
import { readTree } from '../../../server/frameworks/torchtune/reading/config_tree.ts';
import { WITHOUT_KEY } from '../../../server/frameworks/torchtune/versions/shipped.ts';
import { V0_6_1 } from '../../../server/frameworks/torchtune/versions/v0_6_1.ts';
import { configText, requestFor } from '../example_plan.ts';
import { flatten, type Shipped, shippedConfigs, shippedData } from './shipped_data.ts';

/** Why a key that is no default of ours differs: it follows from the layout, from the plan, or means nothing to torchtune. */
const OTHER_REASONS: readonly [RegExp, string][] = [
  [/^metric_logger\.filename$/, "one file of a run's metrics, to which a resumed run appends"],
  [/^(tensor_parallel_(dim|plan\._component_)|fsdp\.cpu_offload|low_cpu_ram)$/, 'without effect as shipped, so not written'],
  [/^dataset\.train_on_input$/, 'the loss counts the answers alone, whatever the data set'],
  [/^optimizer\.fused$/, 'bitsandbytes has no such key; for AdamW it saves time'],
  [
    /^checkpointer\.(_component_|checkpoint_files|checkpoint_dir)$/,
    'weights are read and written in the Hugging Face form, which other tools load',
  ],
  [/^checkpointer\.model_type$/, "as in the model's other configs; both words read its weights alike"],
  [/^checkpointer\.adapter_checkpoint$/, 'without effect as shipped, so not written'],
  [/^model\.quantize_base$/, 'the qlora_ component says it'],
];

/** What the layout decides for every run: folders, and the data that the plan names. */
const OF_THE_LAYOUT = /^(?:output_dir|(?:\w+_)?checkpointer\.output_dir|metric_logger\.log_dir|dataset\.(?!packed|train_on_input).*)$/;

const shown = (value: YamlValue | undefined): string => (value === undefined ? '-' : `\`${JSON.stringify(value)}\``);

function filesOf(keys: Record<string, YamlValue>, section: string): void {
  const format = keys[`${section}.checkpoint_files.filename_format`];
  const last = keys[`${section}.checkpoint_files.max_filename`];
  if (typeof format !== 'string' || typeof last !== 'string') return;
  delete keys[`${section}.checkpoint_files.filename_format`];
  delete keys[`${section}.checkpoint_files.max_filename`];
  const number = (index: number): string => String(index + 1).padStart(last.length, '0');
  keys[`${section}.checkpoint_files`] = Array.from({ length: Number(last) }, (_, index) =>
    format.replace('{}', number(index)).replace('{}', last),
  );
}

/** Our config for what the shipped one is for: its model, method, recipe, devices and data. */
function ours(shipped: Shipped, model: string): Record<string, YamlValue> {
  const devices = /single_device/.test(shipped.recipe) ? { gpus: 1 } : { gpus: 8, nodes: shipped.name.endsWith('_multinode') ? 2 : 1 };
  const qat = shipped.recipe.startsWith('qat') ? { 'quantizer.groupsize': 256 } : {};
  const teacher = shipped.keys['teacher_model._component_'];
  const taught = teacher === undefined ? {} : { teacher_model: V0_6_1.modelNamed(String(teacher))?.names[0] ?? '' };
  const dataset = { format: String(shipped.keys['dataset._component_']), path: 'tatsu-lab/alpaca' };
  const text = configText(requestFor({ method: shipped.method, ...devices, ...qat, ...taught }, { model, dataset }), shipped.name);
  expect(text).toContain(`# recipe: ${shipped.recipe}\n`);
  const keys: Record<string, YamlValue> = {};
  flatten(readTree(text, shipped.name) as YamlValue, '', keys);
  return keys;
}

function differences(shipped: Shipped, model: string): { key: string; theirs: YamlValue | undefined; mine: YamlValue | undefined }[] {
  const mine = ours(shipped, model);
  const theirs: Record<string, YamlValue> = {};
  const folder = String(shipped.keys['checkpointer.checkpoint_dir']).replace(/(\/original)?\/?$/, '');
  for (const [key, value] of Object.entries(shipped.keys))
    theirs[key] = typeof value === 'string' ? value.replace(folder, `/scratch/models/${model}`) : value;
  const taughtBy = String(shipped.keys['teacher_checkpointer.checkpoint_dir']).replace(/\/$/, '');
  if (typeof theirs['teacher_checkpointer.checkpoint_dir'] === 'string')
    theirs['teacher_checkpointer.checkpoint_dir'] = `/scratch/models/${taughtBy.split('/').at(-1)}`;
  if (typeof theirs['ref_checkpointer.checkpoint_dir'] === 'string')
    theirs['ref_checkpointer.checkpoint_dir'] = String(theirs['ref_checkpointer.checkpoint_dir']).replace(/\/$/, '');
  // What these data sets do unless told otherwise.
  if (/alpaca/.test(String(theirs['dataset._component_']))) theirs['dataset.train_on_input'] ??= true;
  if (/paired/.test(String(theirs['dataset._component_']))) theirs['dataset.train_on_input'] ??= false;
  theirs['checkpointer.checkpoint_dir'] = String(theirs['checkpointer.checkpoint_dir']).replace(/\/$/, '');
  for (const section of ['checkpointer', 'teacher_checkpointer', 'ref_checkpointer'])
    for (const keys of [mine, theirs]) filesOf(keys, section);
  const all = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].filter((key) => !OF_THE_LAYOUT.test(key));
  const meant = (keys: Record<string, YamlValue>, key: string): YamlValue | undefined => keys[key] ?? WITHOUT_KEY[key];
  return all
    .map((key) => ({ key, theirs: meant(theirs, key), mine: meant(mine, key) }))
    .filter(({ theirs: a, mine: b }) => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null));
}

const reasonOf = (key: string): string | undefined => DEFAULT_REASONS[key] ?? OTHER_REASONS.find(([shape]) => shape.test(key))?.[1];

function list(): string {
  const rows = new Map<string, Shipped[]>();
  const compared: Shipped[] = [];
  const absent: string[] = [];
  for (const shipped of shippedConfigs()) {
    const model = V0_6_1.modelNamed(shipped.model)?.names[0];
    if (shipped.method === 'qdora' || model === undefined) {
      absent.push(shipped.name);
      continue;
    }
    compared.push(shipped);
    for (const { key, theirs, mine } of differences(shipped, model)) {
      const row = `\`${key}\` | ${shown(theirs)} | ${shown(mine)} | ${reasonOf(key) ?? 'UNEXPLAINED'}`;
      rows.set(row, [...(rows.get(row) ?? []), shipped]);
    }
  }
  const ordered = [...rows].sort(([a, in_a], [b, in_b]) => in_b.length - in_a.length || a.localeCompare(b));
  const numbers = (of: Shipped): string => ordered.flatMap(([, configs], index) => (configs.includes(of) ? [index + 1] : [])).join(', ');
  return [
    '# What differs between our configs and the ones that torchtune 0.6.1 ships',
    '',
    `Compared: the ${compared.length} shipped fine-tuning configs of text models, each with ours for its model, method, recipe`,
    'and devices. A key that one side lacks counts as what torchtune does without it; "-" means that it then does nothing.',
    "Folders and the data set are the plan's and are left out.",
    '',
    '| | key | shipped | ours | why | configs |',
    '|---|---|---|---|---|---|',
    ...ordered.map(([row, configs], index) => `| ${index + 1} | ${row} | ${configs.length} |`),
    '',
    '## For each config',
    '',
    ...compared.map((shipped) => `- ${shipped.name}: ${numbers(shipped)}`),
    '',
    `Not compared, since no plan can ask for it yet: ${absent.join(', ')} (DoRA on quantised weights).`,
    '',
  ].join('\n');
}

describe('against the shipped config of the same name', () => {
  it('every difference that matters is listed with its reason', async () => {
    const text = list();
    expect(text).not.toContain('UNEXPLAINED');
    await expect(text).toMatchFileSnapshot('../golden/shipped_differences.md');
  });

  it('the defaults are taken from what torchtune ships', async () => {
    await expect(shippedData()).toMatchFileSnapshot('../../../server/frameworks/torchtune/data/shipped.json');
  });
});
