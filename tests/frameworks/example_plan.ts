import { torchtune } from '../../server/frameworks/torchtune/framework.ts';
import type { RenderRequest } from '../../server/model/framework.ts';
import type { PlannedDataset, PlannedModel, PlannedRun, Setting } from '../../server/model/plan.ts';
import type { SettingValue } from '../../server/model/settings.ts';

export type Cells = Readonly<Record<string, SettingValue>>;

/** Settings whose cells lie in one row, column after column, so that a test can tell them apart. */
const row = (cells: Cells, line: number): ReadonlyMap<string, Setting> =>
  new Map(Object.entries(cells).map(([name, value], index) => [name, { value, at: { line, column: index + 1 } }]));

interface Example {
  model?: string;
  planned?: Partial<PlannedModel> & { sizeCells?: Cells };
  dataset?: Partial<PlannedDataset>;
}

/** A run of line 40, its data set at 20:1 and its model at 10:1; its cells are at 40:1, 40:2 and so on in their order. */
export function requestFor(cells: Cells, { model = 'Llama-3.2-1B-Instruct', planned, dataset }: Example = {}): RenderRequest {
  const run: PlannedRun = { name: 'a_run', type: 'fine-tune', model, dataset: 'words', own: row(cells, 40), at: { line: 40, column: 1 } };
  const { sizeCells = {}, ...rest } = planned ?? {};
  const models = new Map(
    planned === undefined ? [] : [[model, { name: model, sizes: row(sizeCells, 10), at: { line: 10, column: 1 }, ...rest }]],
  );
  const words = { name: 'words', path: '/scratch/data/words_5L.json', format: 'instruct', at: { line: 20, column: 1 }, ...dataset };
  const plan = {
    experiment: 'e',
    framework: 'torchtune',
    cluster: 'local',
    models,
    datasets: new Map([['words', words]]),
    defaults: new Map(),
    runs: [run],
  };
  const teacher = cells.teacher_model;
  const places = {
    run_dir: '/scratch/e/a_run',
    model_dir: `/scratch/models/${model}`,
    ...(teacher !== undefined && { teacher_dir: `/scratch/models/${String(teacher)}` }),
  };
  return { plan, run, settings: run.own, places };
}

/** The finetune.yaml of a request that nothing is wrong with. */
export function configText(request: RenderRequest, name = request.run.name): string {
  const rendered = torchtune.render(request);
  if (!('text' in rendered)) throw new Error(`${name}: ${rendered.problems.map(({ what }) => what).join('; ')}`);
  return rendered.text;
}

export const TINY_LLAMA3 = {
  builder: 'llama3',
  sizeCells: {
    num_layers: 2,
    num_heads: 8,
    num_kv_heads: 4,
    embed_dim: 64,
    max_seq_len: 1024,
    vocab_size: 128256,
    intermediate_dim: 256,
    norm_eps: 1e-5,
    rope_base: 500000,
  },
} as const;
