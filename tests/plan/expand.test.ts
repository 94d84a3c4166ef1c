import { describe, expect, test } from 'vitest';
import { expandGrid, shortNames } from '../../server/plan/expand.ts';

const names = (...args: Parameters<typeof expandGrid>) => expandGrid(...args).map(({ run }) => run);

describe('a grid', () => {
  test('becomes the fourteen runs of the example, base runs first, named by what varies', () => {
    const runs = expandGrid(
      {
        lora_rank: [8, 64],
        dataset: ['words_5L', 'words_9L', 'words_13L'],
        model: ['Llama-3.2-1B-Instruct', 'Llama-3.2-3B-Instruct'],
      },
      true,
    );
    expect(runs.map(({ run }) => run)).toEqual([
      'Llama-3.2-1B-Instruct_base',
      'Llama-3.2-3B-Instruct_base',
      ...['1B', '3B'].flatMap((size) =>
        ['5L', '9L', '13L'].flatMap((length) => [8, 64].map((rank) => `Llama-3.2-${size}-Instruct_${length}_rank${rank}`)),
      ),
    ]);
    expect(runs[0]).toEqual({ run: 'Llama-3.2-1B-Instruct_base', type: 'base', model: 'Llama-3.2-1B-Instruct' });
    expect(runs[2]).toEqual({
      run: 'Llama-3.2-1B-Instruct_5L_rank8',
      type: 'fine-tune',
      model: 'Llama-3.2-1B-Instruct',
      dataset: 'words_5L',
      lora_rank: 8,
    });
  });

  test('names settings shortly, and leaves out what does not vary', () => {
    expect(names({ model: ['m'], dataset: ['d'], lr: [1e-4, 3e-4], seed: [1], 'Batch Size': [4, 8] })).toEqual([
      'm_lr1e-4_bs4',
      'm_lr1e-4_bs8',
      'm_lr3e-4_bs4',
      'm_lr3e-4_bs8',
    ]);
    expect(names({ model: ['meta-llama/x'], epochs: [1, 2], packed: [true, false] }, ['y'])).toEqual([
      'y_base',
      'x_ep1_packedtrue',
      'x_ep1_packedfalse',
      'x_ep2_packedtrue',
      'x_ep2_packedfalse',
    ]);
    expect(
      names({
        model: ['m'],
        'optimizer.betas': [
          ['0.9', '0.95'],
          ['0.8', '0.9'],
        ],
      }),
    ).toEqual(['m_optimizer.betas0.9-0.95', 'm_optimizer.betas0.8-0.9']);
  });

  test('shortens data sets only at separators', () => {
    expect(shortNames(['words_5L', 'words_13L'])).toEqual(['5L', '13L']);
    expect(shortNames(['5L_train', '9L_train'])).toEqual(['5L', '9L']);
    expect(shortNames(['a_b', 'a_b_c'])).toEqual(['b', 'b_c']);
    expect(shortNames(['alpha', 'alps'])).toEqual(['alpha', 'alps']);
  });

  test.each([
    [{ lora_rank: [8] }, 'the grid has no model; add model: ["Llama-3.2-1B-Instruct"] or the like'],
    [{ model: ['m'], lr: [] }, "the grid's lr has no values; give at least one, or leave lr out"],
    [{ model: ['m'], lr: [0.1, 0.1] }, 'the grid\'s lr has "0.1" twice; name each value once'],
    [{ model: ['m'], lr: [0.1], LR: [0.2] }, 'the grid has lr twice; keep one'],
    [{ model: ['a/m', 'b/m'] }, 'the grid would name two runs "m"; give the runs and their names yourself, or make the values differ'],
    [
      { model: ['m'], seed: Array.from({ length: 10001 }, (_, at) => at) },
      'the grid makes 10001 runs; at most 10000 can be planned at once',
    ],
    [
      { model: ['$'] },
      'the grid would name a run "": a run\'s name has letters, digits, . _ - and starts with a letter or digit, since it becomes a folder\'s name; give the runs and their names yourself',
    ],
    [
      { model: ['m'], run: ['x'] },
      'a grid names its runs itself and all of them are fine-tune runs; leave run and type out, and list base runs in base',
    ],
  ])('is refused when it makes no sense (%#)', (grid, message) => {
    expect(() => expandGrid(grid)).toThrow(message);
  });
});
