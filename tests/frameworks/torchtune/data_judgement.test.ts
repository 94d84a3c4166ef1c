import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../server/frameworks/torchtune/estimates/steps.ts';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import type { DataFinding } from '../../../server/model/data_set.ts';
import { type Cells, configText, requestFor } from '../example_plan.ts';

function configOf(cells: Cells, model?: string): string {
  return configText(requestFor(cells, model === undefined ? {} : { model }));
}

const lengths = {
  bytes_a_token: 4,
  measured: false,
  mean_tokens: 40,
  longest: 60,
  over: 0,
  asked_over: 0,
  padding: 0.1,
  packs: 0,
  packed_padding: 0,
};
const finding = (rows: number, more: Partial<DataFinding['lengths']> = {}): DataFinding => ({
  rows,
  looked: rows,
  columns: ['input', 'output'],
  faults: [],
  lengths: { ...lengths, ...more },
});
const BATCH = { batch_size: 4, gradient_accumulation_steps: 8, warmup_steps: 2 };
const said = (cells: Cells, found: DataFinding): string[] =>
  torchtune
    .judgeData(configOf(cells), [found])
    .faults.map(({ severity, setting, what, fix }) => `${severity} (${setting}): ${what}; ${fix}`);

describe('the steps of a training', () => {
  it('are as many as a loop like that of the recipes makes', () => {
    const tree = fc.record({
      recipe: fc.constantFrom('lora_finetune_distributed', 'knowledge_distillation_distributed'),
      rows: fc.nat(500),
      batch: fc.integer({ min: 1, max: 9 }),
      accumulation: fc.integer({ min: 1, max: 9 }),
      devices: fc.integer({ min: 0, max: 8 }),
      most: fc.option(fc.integer({ min: 1, max: 20 })),
    });
    fc.assert(
      fc.property(tree, ({ recipe, rows, batch, accumulation, devices, most }) => {
        // The sampler deals the rows out, the loader drops an incomplete batch (of one recipe it keeps it), the recipe stops at its most steps.
        const each = Math.ceil(rows / Math.max(1, devices));
        const loaded = recipe === 'knowledge_distillation_distributed' ? Math.ceil(each / batch) * batch : each;
        let steps = 0;
        let batches = 0;
        for (let row = batch; row <= loaded; row += batch) {
          if (most !== null && Math.floor(batches / accumulation) === most) break;
          batches += 1;
          if (batches % accumulation === 0) steps += 1;
        }
        const config = { batch_size: batch, gradient_accumulation_steps: accumulation, max_steps_per_epoch: most, epochs: 3 };
        expect(stepsOf(config, recipe, devices, rows)).toMatchObject({ per_epoch: steps, total: steps * 3 });
      }),
    );
  });
});

describe('what a training would do with its data', () => {
  it('is told in steps and tokens when all is well', () => {
    expect(torchtune.judgeData(configOf({ ...BATCH, epochs: 2 }), [finding(1280)])).toEqual({
      faults: [],
      steps_per_epoch: 40,
      steps: 80,
      tokens_per_epoch: 51_200,
      packing: 'not packed; packing needs max_seq_len',
    });
  });

  it.each<[string, Cells, DataFinding, string[]]>([
    [
      'fewer rows than a step takes',
      BATCH,
      finding(31),
      [
        'error (batch_size): one step takes 32 (batch_size 4 x gradient_accumulation_steps 8) rows, and the data makes 31 rows: the job would train nothing and end as if all were well; use a smaller batch_size or gradient_accumulation_steps, or more data',
      ],
    ],
    [
      'fewer rows than a batch on all devices',
      { ...BATCH, gpus: 2, gradient_accumulation_steps: 1 },
      finding(6),
      [
        'error (batch_size): one step takes 8 (batch_size 4 x 2 devices) rows, and the data makes 6 rows: the job would train nothing and end as if all were well; use a smaller batch_size or gradient_accumulation_steps, or more data',
      ],
    ],
    [
      'rows that are counted by the share, not certainly',
      BATCH,
      { ...finding(31), partial: true },
      [
        'warning (batch_size): one step takes 32 (batch_size 4 x gradient_accumulation_steps 8) rows, and the data makes about 31 rows: the job would train nothing and end as if all were well; use a smaller batch_size or gradient_accumulation_steps, or more data',
      ],
    ],
    [
      'a warm-up as long as the run',
      { ...BATCH, warmup_steps: 40 },
      finding(1280),
      [
        "warning (warmup_steps): warmup_steps 40 is not shorter than the run's 40 steps (1280 rows), so the learning rate never reaches lr; set warmup_steps to at most 4",
      ],
    ],
    [
      'many rows left over',
      BATCH,
      finding(60),
      [
        "warning (warmup_steps): warmup_steps 2 is not shorter than the run's 1 step (60 rows), so the learning rate never reaches lr; set warmup_steps to at most 0",
        'warning (batch_size): of 60 rows only 32 make whole steps of 32 (batch_size 4 x gradient_accumulation_steps 8) in an epoch; the rest is dropped; use a smaller batch_size or gradient_accumulation_steps',
      ],
    ],
    [
      'rows that would be cut',
      { ...BATCH, max_seq_len: 64 },
      finding(1280, { over: 12, longest: 190 }),
      [
        'warning (max_seq_len): about 12 of 1280 rows are longer than max_seq_len 64 and would be cut; the longest has about 190 tokens (estimated at 4 bytes a token); set max_seq_len to 256, shorten the rows, or leave it if cut rows are wanted',
      ],
    ],
    [
      'prompts that leave nothing to learn',
      { ...BATCH, max_seq_len: 64 },
      finding(1280, { over: 12, asked_over: 3, longest: 190, measured: true }),
      [
        "warning (max_seq_len): about 12 of 1280 rows are longer than max_seq_len 64 and would be cut; the longest has about 190 tokens (counted with the model's tokenizer on a sample); set max_seq_len to 256, shorten the rows, or leave it if cut rows are wanted",
        "warning (max_seq_len): in about 3 of 1280 rows the prompt alone fills max_seq_len 64 (counted with the model's tokenizer on a sample): nothing is left to learn there, and a batch of such rows has the loss NaN; set max_seq_len to 256, or remove these rows",
      ],
    ],
    [
      'a row longer than the model takes',
      BATCH,
      finding(1280, { longest: 140_000 }),
      [
        'warning (max_seq_len): the longest row has about 140000 tokens (estimated at 4 bytes a token), and the model takes 131072: the job would end with an error at that row; set max_seq_len to at most 131072, which cuts such rows',
      ],
    ],
  ])('%s', (_, cells, found, expected) => {
    expect(said(cells, found)).toEqual(expected);
  });

  it('is not what its instructions ask, where format instruct passes over them', () => {
    const alpaca: DataFinding = { ...finding(1280), columns: ['instruction', 'input', 'output'] };
    const faults = (dataset: Record<string, string>, found = alpaca): string[] =>
      torchtune
        .judgeData(configText(requestFor(BATCH, { dataset })), [found])
        .faults.map(({ severity, what, fix }) => `${severity}: ${what}; ${fix}`);
    expect(faults({})).toEqual([
      'warning: the rows have "instruction", "input" and "output", and format instruct reads "input" and "output" alone: no instruction would be trained on; set format to alpaca under "## Datasets", or name the two columns that are meant in input_column and output_column',
    ]);
    expect(faults({ format: 'alpaca' })).toEqual([]);
    expect(faults({ input_column: 'input', output_column: 'output' })).toEqual([]);
    expect(faults({}, finding(1280))).toEqual([]);
  });

  it('is not judged from data that could not be read', () => {
    const config = configOf(BATCH);
    expect(torchtune.judgeData(config, [undefined])).toEqual({ faults: [] });
    for (const fault of [{ missing: ['/d'] }, { broken: 'x' }, { not_checked: 'x' }, { fields: ['train'] }])
      expect(torchtune.judgeData(config, [{ ...finding(0), ...fault }])).toEqual({ faults: [] });
  });
});

describe('packing', () => {
  const length = { ...BATCH, max_seq_len: 512, gradient_accumulation_steps: 1 };
  const sentence = (cells: Cells, found: DataFinding, model?: string): string | undefined =>
    torchtune.judgeData(configOf(cells, model), [found]).packing;

  it('is recommended when it saves much and leaves enough steps, and not otherwise', () => {
    expect(sentence(length, finding(10_000, { padding: 0.5, packs: 800, packed_padding: 0.03 }))).toBe(
      'not packed; packing would make about 800 packs instead of 10000 rows, padding 50% -> 3%: worth it; batch_size then counts packs, so set it anew',
    );
    expect(sentence(length, finding(10_000, { padding: 0.2, packs: 900, packed_padding: 0.03 }))).toBe(
      'not packed; packing would make about 900 packs instead of 10000 rows, padding 20% -> 3%: hardly worth it',
    );
    expect(sentence(length, finding(200, { padding: 0.5, packs: 16, packed_padding: 0.03 }))).toBe(
      'not packed; packing would make about 16 packs instead of 200 rows, padding 50% -> 3%: not worth it: only 4 steps an epoch would be left',
    );
  });

  it('is not judged by padding at batch size 1, where there is none', () => {
    expect(sentence({ ...length, batch_size: 1 }, finding(10_000, { padding: 0, packs: 800, packed_padding: 0.03 }))).toBe(
      'not packed; packing would make about 800 packs instead of 10000 rows, padding 0% -> 3%: at batch_size 1 there is no padding to save, only steps: a pack holds about 12.5 rows',
    );
  });

  it('is said to be impossible with the reason', () => {
    expect(sentence(length, finding(200), 'gemma-2-2b')).toBe('not packed; Gemma 2 cannot train on packed samples on a GPU');
  });

  it('counts packs as rows of a step, and tells when it makes things worse', () => {
    const packed = { ...length, packed: true, warmup_steps: 0 };
    const found = finding(1000, { mean_tokens: 270, padding: 0.05, packs: 900, packed_padding: 0.4 });
    expect(torchtune.judgeData(configOf(packed), [found])).toMatchObject({
      steps: 225,
      packing: 'packed: about 900 packs instead of 1000 rows, padding 5% -> 40%',
    });
    expect(said(packed, found)).toEqual([
      'warning (packed): packing makes it worse here: about 900 packs instead of 1000 rows, padding 5% -> 40%, so an epoch computes about 62% more positions; set packed to false, or max_seq_len to a multiple of the usual row',
    ]);
    // Without padding at batch size 1, and a little in packs: still ten times fewer steps, so nothing is said against it.
    const short = finding(1000, { mean_tokens: 45, padding: 0, packs: 100, packed_padding: 0.12 });
    expect(said({ ...packed, batch_size: 1 }, short)).toEqual([]);
    const long = finding(1000, { mean_tokens: 300, padding: 0, packs: 1000, packed_padding: 0.41 });
    expect(said({ ...packed, batch_size: 1 }, long)).toEqual([
      'warning (packed): packing makes it worse here: about 1000 packs instead of 1000 rows, padding 0% -> 41%, so an epoch computes about 71% more positions; set packed to false, or max_seq_len to a multiple of the usual row',
    ]);
    expect(said(packed, finding(50, { packs: 3 }))).toEqual([
      'warning (batch_size): one step takes 4 packs, and the data makes about 3 packs: the job would train nothing and end as if all were well; use a smaller batch_size or gradient_accumulation_steps, or more data',
    ]);
  });
});
