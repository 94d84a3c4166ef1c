import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { problemLine } from '../../../server/model/problem.ts';
import { type Cells, requestFor } from '../example_plan.ts';

type Example = Parameters<typeof requestFor>[1];
const PAIRS: Example = { dataset: { format: 'preference', path: '/d/pairs.jsonl' } };
const TEACHER = 'Meta-Llama-3.1-8B-Instruct';

const render = (cells: Cells, example?: Example) => torchtune.render(requestFor(cells, example));
const problemsOf = (cells: Cells, example?: Example): string[] => render(cells, example).problems.map(problemLine);
function textOf(cells: Cells, example?: Example): string {
  const rendered = render(cells, example);
  if (!('text' in rendered)) throw new Error(rendered.problems.map(problemLine).join('\n'));
  return rendered.text;
}
const recipeOf = (text: string): string => torchtune.readConfig(text, 'finetune.yaml').recipe;

describe('the recipe', () => {
  it.each<[string, Cells, Example, string]>([
    ['of pairs', {}, PAIRS, 'lora_dpo_single_device'],
    ['of pairs on several GPUs', { gpus: 2 }, PAIRS, 'lora_dpo_distributed'],
    ['of pairs, all weights', { gpus: 2, method: 'full' }, PAIRS, 'full_dpo_distributed'],
    [
      'of a loss of pairs and a component of one’s own',
      { 'loss.beta': 0.2 },
      { dataset: { format: 'my_data.pairs' } },
      'lora_dpo_single_device',
    ],
    ['of a teacher', { teacher_model: TEACHER }, {}, 'knowledge_distillation_single_device'],
    ['of a teacher on several GPUs', { teacher_model: TEACHER, gpus: 2 }, {}, 'knowledge_distillation_distributed'],
  ])('%s', (_what, cells, example, recipe) => {
    const text = textOf(cells, example);
    expect(recipeOf(text)).toBe(recipe);
    // A hand-made file without the header: its keys tell, but for the number of devices.
    const keys = text.replace(/^#.*\n/gm, '');
    const single = recipe.replace('_distributed', '_single_device');
    if (recipe === 'full_dpo_distributed')
      expect(() => recipeOf(keys)).toThrow('full_dpo_distributed runs on several GPUs, and the file does not say how many');
    else expect(recipeOf(keys)).toBe(single);
  });

  it('is told to torchtune with the devices before it', () => {
    const facts = torchtune.readConfig(textOf({ gpus: 4, method: 'full' }, PAIRS), 'finetune.yaml');
    expect(torchtune.launchCommand(facts, '/e/finetune.yaml')).toEqual([
      'tune',
      'run',
      '--nproc_per_node',
      '4',
      'full_dpo_distributed',
      '--config',
      '/e/finetune.yaml',
    ]);
  });
});

describe('a config', () => {
  it('of preferences reads as torchtune’s own', async () => {
    await expect(textOf({ 'loss.beta': 0.2, max_seq_len: 1024 }, PAIRS)).toMatchFileSnapshot('../golden/llama_3_2_1b_dpo.yaml');
  });
  it('of preferences, all weights, reads as torchtune’s own', async () => {
    const text = textOf({ gpus: 4, method: 'full' }, { ...PAIRS, model: TEACHER });
    await expect(text).toMatchFileSnapshot('../golden/llama_3_1_8b_full_dpo.yaml');
  });
  it('of distillation reads as torchtune’s own', async () => {
    await expect(textOf({ teacher_model: TEACHER, kd_ratio: 1 })).toMatchFileSnapshot('../golden/llama_3_2_1b_taught.yaml');
  });

  it('names the columns of its pairs', () => {
    const columns = (dataset: NonNullable<Example>['dataset']): string | undefined =>
      /column_map:\n((?: {4}.*\n)+)/.exec(textOf({}, { dataset: { path: '/d/pairs.json', ...dataset } }))?.[1];
    expect(columns({ format: 'preference', chosen_column: 'better' })).toBe(
      '    chosen: better  # plan\n    rejected: rejected  # default\n',
    );
    expect(columns({ format: 'torchtune.datasets.stack_exchange_paired_dataset', input_column: 'ask' })).toBe(
      '    prompt: ask  # plan\n    chosen: response_j  # default\n    rejected: response_k  # default\n',
    );
  });
});

describe('before a job is submitted, of preferences and of teachers the config stage tells', () => {
  it.each<[string, Cells, string, Example?]>([
    [
      'a loss of pairs on answers',
      { 'loss.beta': 0.1 },
      'runs_plan.md:40:1: loss.beta asks for training on preferences (DPO), and data set words of the format instruct has no pairs; give the data set the format preference, with a chosen and a rejected conversation in each row',
    ],
    [
      'a label smoothing on answers, which may be another loss’s',
      { 'loss.label_smoothing': 0.1 },
      'runs_plan.md:40:1: loss.label_smoothing asks for training on preferences (DPO), and data set words of the format instruct has no pairs; give the data set the format preference, with a chosen and a rejected conversation in each row; for answers, set loss._component_ to torch.nn.CrossEntropyLoss, which has it too',
    ],
    [
      'a loss of pairs that is not there',
      { 'loss._component_': 'torchtune.rlhf.loss.SimPOLoss', 'loss.gamma': 0.5 },
      'runs_plan.md:40:1: torchtune has no loss component "torchtune.rlhf.loss.SimPOLoss"; did you mean "torchtune.rlhf.loss.DPOLoss"?',
      PAIRS,
    ],
    ['a beta that is none', { 'loss.beta': 'strong' }, 'runs_plan.md:40:1: loss.beta cannot be strong; it must be a number above 0', PAIRS],
    [
      'a label smoothing that turns the pairs around',
      { 'loss.label_smoothing': 0.5 },
      'runs_plan.md:40:1: loss.label_smoothing cannot be 0.5; it must be a number from 0 below 0.5',
      PAIRS,
    ],
    [
      'another loss’s argument',
      { 'loss.gamma': 0.1 },
      'runs_plan.md:40:1: torchtune.rlhf.loss.DPOLoss has no argument "gamma"; known: beta, label_smoothing',
      PAIRS,
    ],
    [
      'what the recipe does not read',
      { clip_grad_norm: 1 },
      'runs_plan.md:40:1: lora_dpo_single_device does not read "clip_grad_norm" and torchtune would ignore it without a word; remove it',
      PAIRS,
    ],
    [
      'columns of answers',
      {},
      'runs_plan.md:20:1: format preference has pairs of answers, not input_column and output_column; name its columns in chosen_column and rejected_column',
      { dataset: { format: 'preference', output_column: 'a' } },
    ],
    [
      'columns of pairs',
      {},
      'runs_plan.md:20:1: format instruct has no pairs, so it takes no chosen_column; remove it, or use format preference',
      { dataset: { chosen_column: 'a' } },
    ],
    [
      'a quantizer beside pairs',
      { 'quantizer.groupsize': 256, gpus: 2 },
      'runs_plan.md:40:1: lora_dpo_distributed does not read "quantizer.groupsize" and torchtune would ignore it without a word; remove it; only qat_distributed and qat_lora_finetune_distributed read it',
      PAIRS,
    ],
    [
      'distillation without a teacher',
      { kd_ratio: 0.3 },
      'runs_plan.md:40:1: kd_ratio asks for knowledge distillation, and no teacher is named; set teacher_model to a model of Models',
    ],
    [
      'a teacher and pairs',
      { teacher_model: TEACHER },
      'runs_plan.md:40:1: teacher_model asks for knowledge distillation, but data set words has preference pairs: no recipe does both; keep one of them',
      PAIRS,
    ],
    [
      'a share that is none',
      { teacher_model: TEACHER, kd_ratio: 2 },
      'runs_plan.md:40:2: kd_ratio cannot be 2; it must be a number from 0 to 1',
    ],
    [
      'offloading that the recipe does not read',
      { teacher_model: TEACHER, activation_offloading: true, activation_checkpointing: true },
      'runs_plan.md:40:2: knowledge_distillation_single_device does not read "enable_activation_offloading" and torchtune would ignore it without a word; remove it',
    ],
    [
      'reinforcement learning, which is not yet there',
      { 'loss._component_': 'torchtune.rlhf.loss.PPOLoss' },
      'runs_plan.md:40:1: loss._component_ asks for reinforcement learning (PPO), for which no config is written yet; remove it, or make this run\'s finetune.yaml by hand from `tune cp mistral/7B_full_ppo_low_memory finetune.yaml` with the line "# recipe: ppo_full_finetune_single_device" at its top: the later stages take it as it is',
    ],
  ])('%s', (_what, cells, expected, example) => {
    expect(problemsOf(cells, example)).toEqual([expected]);
  });

  it('nothing of a label smoothing of answers', () => {
    const text = textOf({ 'loss._component_': 'torch.nn.CrossEntropyLoss', 'loss.label_smoothing': 0.6 });
    expect(recipeOf(text)).toBe('lora_finetune_single_device');
    expect(text).toContain('loss:\n  _component_: torch.nn.CrossEntropyLoss  # plan\n  label_smoothing: 0.6  # plan\n');
  });

  it('nothing of what is switched off anyway', () => {
    expect(problemsOf({ packed: false, clip_grad_norm: 1, method: 'full', gpus: 2 }, PAIRS)).toEqual([]);
    expect(problemsOf({ teacher_model: TEACHER, gpus: 2, compile: false, activation_offloading: false })).toEqual([]);
  });
});

describe('of a config with a teacher or a reference', () => {
  const facts = (cells: Cells, example?: Example) => torchtune.readConfig(textOf(cells, example), 'finetune.yaml');

  it('its files are needed too', () => {
    const needs = facts({ teacher_model: 'Llama-3.2-1B-Instruct' }, { model: 'Llama-3.2-3B-Instruct' }).needs.filter(({ what }) =>
      /teacher/.test(what),
    );
    expect(needs).toEqual([
      { path: '/scratch/models/Llama-3.2-1B-Instruct/config.json', what: "the teacher's config.json" },
      { path: '/scratch/models/Llama-3.2-1B-Instruct/model.safetensors', what: "the teacher's weights" },
    ]);
    const full = facts({ method: 'full', gpus: 2, 'ref_checkpointer.checkpoint_dir': '/scratch/first' }, PAIRS).needs;
    expect(full.filter(({ what }) => /reference/.test(what)).map(({ path }) => path)).toEqual([
      '/scratch/first/config.json',
      '/scratch/first/model.safetensors',
    ]);
  });

  it('the memory of a device holds it', () => {
    const memory = (cells: Cells, example?: Example): number =>
      facts({ max_seq_len: 512, batch_size: 1, ...cells }, example).device_memory_gib ?? 0;
    const weights = (8.03e9 * 2) / 2 ** 30;
    const student = memory({});
    expect(memory({ teacher_model: TEACHER }) - student).toBeGreaterThan(weights);
    expect(memory({ teacher_model: TEACHER }) - student).toBeLessThan(weights * 1.4);
    const reference =
      memory({ method: 'full', gpus: 2 }, { ...PAIRS, model: TEACHER }) - memory({ method: 'full', gpus: 2 }, { model: TEACHER });
    expect(reference).toBeGreaterThan(weights / 2);
  });

  it('its training takes another time than the same model’s alone', () => {
    const words = [facts({}), facts({ teacher_model: TEACHER }), facts({}, PAIRS)].map(({ training }) => training.similar_work);
    expect(new Set(words).size).toBe(3);
  });
});
