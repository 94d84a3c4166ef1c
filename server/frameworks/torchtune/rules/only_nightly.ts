import { NIGHTLY_PARALLEL_RULES } from './nightly_parallel.ts';
import { component, isSet, type Judged, numberOf, type Rule } from './rule.ts';

const STEPS = 'save_every_n_steps';
const SAVES_NO_STEP = /^(?:lora_finetune_distributed|knowledge_distillation_single_device)$/;
const SAVES_OVER = /^(?:lora_finetune_single_device|lora_dpo_single_device|qat_\w+)$/;
const BY_EPOCHS = 'remove it; several epochs with max_steps_per_epoch save at the end of each';

const validates = (config: Judged): boolean => isSet(config, 'run_val_every_n_steps');

/** What the nightly refuses or does wrong with keys that the release does not have; from its source. */
export const RULES_OF_NIGHTLY: readonly Rule[] = [
  ...NIGHTLY_PARALLEL_RULES,
  {
    name: 'steps-that-are-not-named',
    why: 'These recipes leave the step out when they save within an epoch.',
    torchtune: 'Ends with an error at the first such save.',
    what: '{recipe} of torchtune nightly ends with an error at the first save of save_every_n_steps, since it names no step',
    fix: BY_EPOCHS,
    at: [STEPS],
    broken: (config) => isSet(config, STEPS) && SAVES_NO_STEP.test(config.recipe) && { recipe: config.recipe },
  },
  {
    name: 'steps-that-are-written-over',
    why: 'These recipes save a step under the name of its epoch.',
    torchtune: 'Says nothing: each save writes over the one before it.',
    what: "{recipe} of torchtune nightly writes over the epoch's folder at each save of save_every_n_steps, so no step is kept",
    fix: BY_EPOCHS,
    at: [STEPS],
    broken: (config) => isSet(config, STEPS) && SAVES_OVER.test(config.recipe) && { recipe: config.recipe },
  },
  {
    name: 'steps-that-nothing-goes-on-from',
    why: 'What is saved within an epoch lies in step_N.',
    torchtune: 'Saves them.',
    what: 'what save_every_n_steps saves lies in step_N, which nothing here goes on from',
    fix: 'remove it, or leave it for your own use',
    at: [STEPS],
    weight: 'warning',
    broken: (config) => isSet(config, STEPS) && !SAVES_NO_STEP.test(config.recipe) && !SAVES_OVER.test(config.recipe),
  },
  {
    name: 'tensor-parallel-with-lora',
    why: 'The recipes of LoRA deal the model out in one direction.',
    torchtune: '`AssertionError: Tensor parallelism is not supported in this recipe. Please set tensor_parallel_dim to 1.`',
    what: '{recipe} refuses a tensor_parallel_dim other than 1',
    fix: 'remove it, or use method full',
    at: ['tensor_parallel_dim'],
    broken: (config) => config.recipe.includes('lora') && (numberOf(config, 'tensor_parallel_dim') ?? 1) !== 1 && { recipe: config.recipe },
  },
  {
    name: 'validation-needs-data',
    why: 'The training data tell nothing about what the model does with others.',
    torchtune: '`AssertionError: run_val_every_n_steps is set but dataset_val is not provided`',
    what: 'run_val_every_n_steps needs data to validate on',
    fix: 'set dataset_val.data_files, or another key of dataset_val that tells it from dataset',
    at: ['run_val_every_n_steps'],
    broken: (config) => validates(config) && !config.given('dataset_val'),
  },
  {
    name: 'validation-that-is-off',
    why: 'run_val_every_n_steps switches it on.',
    torchtune: 'Says nothing, and ignores it.',
    what: 'without run_val_every_n_steps nothing is validated',
    fix: 'set run_val_every_n_steps, or remove the keys of the validation',
    at: ['dataset_val', 'batch_size_val'],
    weight: 'no effect',
    broken: (config) => !validates(config) && (config.given('dataset_val') || config.given('batch_size_val')),
  },
  {
    name: 'teaching-without-a-linear-loss',
    why: 'The recipes of knowledge distillation make the logits themselves.',
    torchtune: '`ValueError: Linear losses are not supported yet for KD. Please use the deprecated CEWithChunkedOutputLoss.`',
    what: '{=loss._component_} is not for knowledge distillation',
    fix: 'use torchtune.modules.loss.CEWithChunkedOutputLoss, or remove it',
    at: ['loss._component_'],
    broken: (config) =>
      config.recipe.startsWith('knowledge_distillation_') && component(config, 'loss').endsWith('.LinearCrossEntropyLoss'),
  },
];
