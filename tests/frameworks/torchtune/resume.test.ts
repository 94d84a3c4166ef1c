import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { readTree } from '../../../server/frameworks/torchtune/reading/config_tree.ts';
import type { RunFile } from '../../../server/model/framework.ts';
import type { Cells } from '../example_plan.ts';
import { barOf, configOf, cut, fullEpoch, loraEpoch, saved, state, without } from './saved_files.ts';

const LORA = { method: 'lora', save_adapter_weights_only: true, epochs: 5, warmup_steps: 2 };
const stopped = [...loraEpoch(0, 100), ...loraEpoch(1, 200), state(201)];

function resumed(cells: Cells, files: readonly RunFile[] = stopped, output = barOf(10)) {
  const remade = torchtune.resume(configOf(cells), files, output);
  if (!('text' in remade)) throw new Error(remade.why_not);
  return remade;
}
const whyNot = (cells: Cells, files: readonly RunFile[], output = barOf(10)): unknown => torchtune.resume(configOf(cells), files, output);

describe('a run that was stopped goes on', () => {
  it('with this config, of which all else is as it was', async () => {
    const { text, changes, from } = resumed(LORA);
    await expect(text).toMatchFileSnapshot('golden/resumed_lora.yaml');
    expect(from).toBe('epoch 2 of 5');
    const why = 'lora_finetune_single_device counts its steps from 0 again; so the learning rate goes on as after step 20 of 50';
    expect(changes).toEqual([
      { setting: 'resume_from_checkpoint', from: 'false', to: 'true', why: 'goes on after epoch 2 of 5' },
      {
        setting: 'checkpointer.adapter_checkpoint',
        from: 'not set',
        to: 'epoch_1/adapter_model.pt',
        why: 'the adapter of the same epoch as the state; the newest one may be of a later epoch',
      },
      {
        setting: 'checkpointer.recipe_checkpoint',
        from: 'null',
        to: 'recipe_state/recipe_state.pt',
        why: "the optimizer's state after that epoch",
      },
      { setting: 'lr_scheduler.num_warmup_steps', from: '2', to: '-18', why },
      { setting: 'lr_scheduler.num_cycles', from: 'not set', to: '0.7083333333333334', why },
    ]);
    const before = readTree(configOf(LORA), 'before');
    const after = readTree(text, 'after');
    for (const key of ['model', 'tokenizer', 'dataset', 'optimizer', 'seed', 'batch_size', 'gradient_accumulation_steps', 'epochs'])
      expect(after[key]).toEqual(before[key]);
    const facts = torchtune.readConfig(text, 'after');
    expect(facts).toMatchObject({
      recipe: 'lora_finetune_single_device',
      needs: expect.arrayContaining(needed('epoch_1/adapter_model.pt')),
    });
  });

  it('with a word on dropout, which is drawn as in the first epoch', () => {
    expect(resumed(LORA).caution).toBeUndefined();
    expect(resumed({ ...LORA, lora_dropout: 0.1 }).caution).toBe(
      'torchtune draws the dropout of its first steps again, so the losses differ a little from those of a run that nobody stopped',
    );
  });

  const needed = (file: string) => [{ path: `/scratch/e/a_run/artifacts/${file}`, what: 'what the run goes on from' }];

  it('from the epoch that the saved state belongs to, though a later adapter is there, whole or not', () => {
    expect(resumed(LORA, [...stopped, ...loraEpoch(2, 300)]).from).toBe('epoch 2 of 5');
    expect(resumed(LORA, [...stopped, ...without(loraEpoch(2, 300), 'adapter_config.json')]).from).toBe('epoch 2 of 5');
  });

  it('from what its newest start from nothing has saved, whatever an earlier one went on to', () => {
    const started_again = [...loraEpoch(1, 200), ...loraEpoch(4, 500), ...loraEpoch(0, 1000), state(1001)];
    expect(resumed(LORA, started_again).from).toBe('epoch 1 of 5');
    expect(resumed(LORA, [...started_again, ...loraEpoch(3, 1300)]).from).toBe('epoch 1 of 5');
  });

  it('with every shard of its own weights, when all of them are trained', () => {
    const remade = resumed({ method: 'full', epochs: 3 }, [...fullEpoch(0, 100), state(105, 12_100_000)]);
    expect(remade.changes.map(({ setting, to }) => [setting, to])).toEqual([
      ['resume_from_checkpoint', 'true'],
      ['checkpointer.checkpoint_files', '[epoch_0/model-00001-of-00002.safetensors, epoch_0/model-00002-of-00002.safetensors]'],
      ['checkpointer.recipe_checkpoint', 'recipe_state/recipe_state.pt'],
    ]);
    expect(torchtune.readConfig(remade.text, 'f').needs).toEqual(
      expect.arrayContaining([
        { path: '/scratch/e/a_run/artifacts/epoch_0/model-00001-of-00002.safetensors', what: "the model's weights" },
        ...needed('recipe_state/recipe_state.pt'),
      ]),
    );
  });

  it('by itself from what was saved asynchronously', () => {
    const config = `${configOf({ method: 'full', epochs: 3, gpus: 2 })}enable_async_checkpointing: true\n`;
    const files = [saved('dist_epoch_0/.metadata', 900, 100), saved('dist_epoch_1/__0_0.distcp', 900, 200)];
    const remade = torchtune.resume(config, files, '');
    expect(remade).toMatchObject({ from: 'epoch 1 of 3', changes: [{ setting: 'resume_from_checkpoint' }] });
  });

  it('with its learning rate untouched where the recipe goes on at the right step', () => {
    const keys = (cells: Cells, files?: RunFile[], output?: string) =>
      resumed(cells, files, output).changes.filter(({ setting }) => setting.startsWith('lr_scheduler'));
    expect(keys({ ...LORA, gpus: 2 })).toEqual([]);
    expect(keys({ method: 'full', epochs: 3, lr_scheduler: 'cosine' }, [...fullEpoch(0, 100), state(105, 12_100_000)], '')).toEqual([]);
    const limited = resumed({ ...LORA, max_steps_per_epoch: 10 });
    expect(limited.changes).toHaveLength(3);
    expect(limited.caution).toBe(
      'if the data gives exactly 10 steps an epoch, max_steps_per_epoch cuts nothing short, and lora_finetune_single_device starts the learning rate anew: the first step that it logs must be 21',
    );
    // The data gives fewer steps than the limit, which therefore cuts nothing short.
    expect(keys({ ...LORA, max_steps_per_epoch: 50 })).toHaveLength(2);
  });
});

describe('a run with pairs or a teacher goes on', () => {
  const pairs = { dataset: { format: 'preference' } };
  const edits = (config: string, files = stopped): string[] => {
    const remade = torchtune.resume(config, files, barOf(10));
    if (!('text' in remade)) throw new Error(remade.why_not);
    return remade.changes.map(({ setting }) => setting);
  };
  const ADAPTER = ['resume_from_checkpoint', 'checkpointer.adapter_checkpoint', 'checkpointer.recipe_checkpoint'];
  const SCHEDULE = ['lr_scheduler.num_warmup_steps', 'lr_scheduler.num_cycles'];

  it('with its schedule mended where the recipe would start it anew', () => {
    expect(edits(configOf(LORA, pairs))).toEqual([...ADAPTER, ...SCHEDULE]);
    expect(edits(configOf({ ...LORA, gpus: 2 }, pairs))).toEqual(ADAPTER);
    const taught = { ...LORA, teacher_model: 'Llama-3.2-3B-Instruct' };
    expect(edits(configOf(taught))).toEqual([...ADAPTER, ...SCHEDULE]);
    expect(edits(configOf({ ...taught, gpus: 2 }))).toEqual([...ADAPTER, ...SCHEDULE]);
  });

  it('with all its weights from its last epoch, and the reference as it was', () => {
    const config = configOf({ method: 'full', epochs: 3, gpus: 2 }, pairs);
    const remade = torchtune.resume(config, [...fullEpoch(0, 100), state(105, 12_100_000)], '');
    if (!('text' in remade)) throw new Error(remade.why_not);
    expect(readTree(remade.text, 'after').ref_checkpointer).toEqual(readTree(config, 'before').ref_checkpointer);
    expect(remade.changes.map(({ setting }) => setting)).toContain('checkpointer.checkpoint_files');
  });
});

describe('the rate of every later step is that of an uninterrupted run', () => {
  /** torchtune's own formula, of the step that a recipe counts. */
  const rate = (step: number, warmup: number, total: number, cycles: number): number =>
    step < warmup
      ? step / Math.max(1, warmup)
      : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * cycles * 2 * ((step - warmup) / Math.max(1, total - warmup)))));

  it.each([
    [2, 1],
    [0, 4],
    [10, 1],
  ])('with a warm-up of %i steps and %i epochs done', (warmup_steps, epochsDone) => {
    const files = Array.from({ length: epochsDone }, (_, epoch) => loraEpoch(epoch, 100 * (epoch + 1))).flat();
    const { text } = resumed({ ...LORA, warmup_steps }, [...files, state(100 * epochsDone + 1)]);
    const { num_warmup_steps, num_cycles } = readTree(text, 'f').lr_scheduler as { num_warmup_steps: number; num_cycles: number };
    for (let step = 10 * epochsDone; step <= 50; step++)
      expect(rate(step - 10 * epochsDone, num_warmup_steps, 50, num_cycles)).toBeCloseTo(rate(step, warmup_steps, 50, 0.5), 12);
  });
});

describe('a run does not go on', () => {
  const afresh = 'start the run afresh (preflight_runs with mode "retry")';

  it('when it is done, since torchtune would train its last epoch again, over its checkpoint', () => {
    const done = [...stopped, ...loraEpoch(4, 500), state(401)];
    expect(whyNot(LORA, done)).toEqual({
      why_not: 'all 5 epochs are done and saved; going on would train the last one again, over its checkpoint',
      instead: 'leave it; to train longer, plan a further run with more epochs',
    });
  });

  it('when nothing was saved yet', () => {
    expect(whyNot(LORA, [])).toEqual({ why_not: 'the first epoch did not end, so nothing was saved to go on from', instead: afresh });
    expect(whyNot(LORA, loraEpoch(0, 100))).toMatchObject({ why_not: 'the first epoch did not end, so nothing was saved to go on from' });
  });

  it('when its only epoch is the last, for which torchtune saves no state', () => {
    expect(whyNot({ ...LORA, epochs: 1 }, [])).toEqual({
      why_not: 'epochs is 1, and torchtune saves what it needs to go on only at the end of an epoch that is not the last',
      instead: `${afresh} with more time; or plan it as several epochs of max_steps_per_epoch steps, each of which can be gone on from`,
    });
  });

  it('when its state was cut off, or its weights are gone', () => {
    expect(whyNot(LORA, [...loraEpoch(0, 100), state(101, 100_000)])).toEqual({
      why_not: 'recipe_state/recipe_state.pt was cut off while it was written: it has 100000 bytes, and a whole one at least 175375',
      instead: afresh,
    });
    expect(whyNot(LORA, [state(101)])).toMatchObject({
      why_not: 'recipe_state/recipe_state.pt is there, but not the weights that belong to it: no epoch is older than it',
    });
    expect(whyNot(LORA, [...cut(loraEpoch(0, 100), 'adapter_model.pt', 0), state(101)])).toMatchObject({
      why_not: 'recipe_state/recipe_state.pt is there, but not the weights that belong to it: epoch_0 is not whole',
    });
  });

  it('where its learning rate could not be kept', () => {
    expect(whyNot(LORA, stopped, 'Killed\n')).toMatchObject({
      why_not:
        'lora_finetune_single_device starts the learning rate anew when it goes on, and the log does not tell the steps of an epoch, which would mend it',
    });
    expect(whyNot({ ...LORA, warmup_steps: 25 }, stopped)).toMatchObject({
      why_not:
        'the warm-up of 25 steps had not ended after 20 steps, and lora_finetune_single_device starts the learning rate anew when it goes on',
    });
  });

  it('with DoRA on several GPUs, whose trained magnitudes torchtune would compute anew', () => {
    expect(whyNot({ ...LORA, method: 'dora', gpus: 2 }, stopped)).toEqual({
      why_not: 'lora_finetune_distributed computes the magnitudes of DoRA anew when it goes on, over those that were trained',
      instead: afresh,
    });
    expect(resumed({ ...LORA, method: 'dora' }).from).toBe('epoch 2 of 5');
  });

  it('with a recipe that cannot', () => {
    const config = configOf(LORA).replaceAll('lora_finetune_single_device', 'ppo_full_finetune_single_device');
    expect(torchtune.resume(config, stopped, '')).toMatchObject({
      why_not: 'the recipe ppo_full_finetune_single_device is not known to go on from a checkpoint',
    });
  });
});
