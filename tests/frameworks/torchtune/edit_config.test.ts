import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editConfig } from '../../../server/frameworks/torchtune/config/edit_config.ts';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { at, readTree, readYaml } from '../../../server/frameworks/torchtune/reading/config_tree.ts';
import { configOf } from './saved_files.ts';

const why = 'because';

describe('a config with some values changed', () => {
  it('is otherwise as a person wrote it', () => {
    const text = [
      '# by hand',
      'checkpointer: {_component_: a.B, checkpoint_files: [x.safetensors], nested: {a: 1}}  # one line',
      'files:',
      '  filename_format: model-{}-of-{}.safetensors',
      "  max_filename: '00004'  # of four",
      '',
      'batch_size: 4   # fits',
      'empty:',
      'last: 3e-4',
      '# runwright wrote this file; edited files are kept; sha256 0123',
      '',
    ].join('\n');
    const edited = editConfig(text, [
      { key: 'checkpointer.checkpoint_files', value: ['b', 'c'], why },
      { key: 'checkpointer.nested.b', value: true, why },
      { key: 'files', value: ['a'], why },
      { key: 'batch_size', value: 2, why },
      { key: 'empty', value: 'now', why },
      { key: 'new', value: 0.5, why },
      { key: 'last', value: 3e-4, why },
    ]);
    expect(edited.text).toBe(
      [
        '# by hand',
        'checkpointer: {_component_: a.B, checkpoint_files: [b, c], nested: {b: true, a: 1}}  # one line',
        'files: [a]  # was {filename_format: "model-{}-of-{}.safetensors", max_filename: "00004"}',
        '',
        'batch_size: 2  # was 4',
        'empty: now  # was null',
        'new: 0.5  # new',
        'last: 3e-4',
        '',
      ].join('\n'),
    );
    expect(edited.changes.map(({ setting, from, to }) => `${setting}: ${from} -> ${to}`)).toEqual([
      'checkpointer.checkpoint_files: [x.safetensors] -> [b, c]',
      'checkpointer.nested.b: not set -> true',
      'files: {filename_format: "model-{}-of-{}.safetensors", max_filename: "00004"} -> [a]',
      'batch_size: 4 -> 2',
      'empty: null -> now',
      'new: not set -> 0.5',
    ]);
  });

  it('is read back with those values, and with no other', () => {
    const text = configOf({ method: 'lora', epochs: 3 });
    const before = readTree(text, 'before');
    const keys = [
      'batch_size',
      'optimizer.lr',
      'checkpointer.checkpoint_files',
      'model.lora_attn_modules',
      'tokenizer.path',
      'output_dir',
      'more',
      'lr_scheduler.num_cycles',
    ];
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      // YAML has no -0.
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string(), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), value), { selector: ([key]) => key }), (pairs) => {
        const edited = editConfig(
          text,
          pairs.map(([key, chosen]) => ({ key, value: chosen, why })),
        );
        for (const tree of [readYaml(edited.text, 'after'), readTree(edited.text, 'after')]) {
          for (const [key, chosen] of pairs) expect(at(tree, key) ?? null).toEqual(chosen);
          for (const key of keys.filter((name) => !pairs.some(([edited]) => edited === name)))
            expect(at(tree, key)).toEqual(at(before, key));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a config that needs less memory', () => {
  const eased = (cells: Parameters<typeof configOf>[0]) => torchtune.easeMemory(configOf({ method: 'lora', ...cells }));
  const settings = (remade: ReturnType<typeof eased>) =>
    'text' in remade ? remade.changes.map(({ setting, from, to }) => `${setting}: ${from} -> ${to}`) : remade;

  it('halves the batch and doubles the accumulation', () => {
    const remade = eased({ batch_size: 4, gradient_accumulation_steps: 8 });
    expect(remade).toMatchObject({
      text: expect.stringMatching(/^# Made to need less memory: batches of 2 instead of 4\.\n# run: a_run\n/),
      changes: [
        { setting: 'batch_size', from: '4', to: '2', why: 'less is on the device at once; the effective batch stays 32 a device' },
        { setting: 'gradient_accumulation_steps', from: '8', to: '16' },
      ],
    });
  });

  it('keeps the effective batch whatever the batch, down to 1, and then turns on activation checkpointing, and then can do no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 64 }), (batch, accumulation) => {
        let text = configOf({
          method: 'lora',
          batch_size: batch,
          gradient_accumulation_steps: accumulation,
          activation_checkpointing: false,
        });
        for (let time = 0; time < 12; time++) {
          const remade = torchtune.easeMemory(text);
          if (!('text' in remade)) break;
          text = remade.text;
          const tree = readTree(text, 'eased');
          expect(Number(tree.batch_size) * Number(tree.gradient_accumulation_steps)).toBe(batch * accumulation);
        }
        expect(readTree(text, 'eased')).toMatchObject({ batch_size: 1, enable_activation_checkpointing: true });
        expect(torchtune.easeMemory(text)).toEqual({
          why_not: 'batch_size is 1 and activation checkpointing is on; anything else would change what is trained',
          instead:
            'ask for GPUs with more memory, or plan qlora, a smaller max_seq_len or more GPUs for this run and those it is compared with',
        });
      }),
      { numRuns: 30 },
    );
  });

  it('is checked first where the optimizer runs in the backward pass, which excludes accumulation', () => {
    const cells = {
      method: 'full',
      optimizer_in_bwd: true,
      gradient_accumulation_steps: 1,
      batch_size: 4,
      activation_checkpointing: false,
    };
    const first = eased(cells);
    expect(settings(first)).toEqual(['enable_activation_checkpointing: false -> true']);
    expect(eased({ ...cells, activation_checkpointing: true })).toMatchObject({
      why_not: 'activation checkpointing is on, and with optimizer_in_bwd smaller batches would change the effective batch of 4',
    });
  });
});
