import { isKnownLoss } from './losses.ts';
import { component, isSet, isTrue, type Rule } from './rule.ts';

const LOSS = 'loss._component_';
const isOfPairs = (recipe: string): boolean => /_dpo_/.test(recipe);

/** Training on preferences (DPO). */
export const PREFERENCE_RULES: readonly Rule[] = [
  {
    name: 'all-weights-of-pairs',
    why: 'A full training holds the model twice, itself and its reference, and only the distributed recipe does that.',
    torchtune: '`RuntimeError: Distributed finetune recipe should be run via a distributed launcher.`',
    what: 'training all weights on preferences needs several GPUs: torchtune has only a distributed recipe for it, which holds the model twice',
    fix: 'set {device} to at least 2, or use method lora',
    at: ['device', 'nodes', 'model._component_'],
    broken: ({ recipe, devices }) => recipe === 'full_dpo_distributed' && devices < 2,
  },
  {
    name: 'dora-of-pairs',
    why: 'lora_dpo_single_device never sets the magnitudes of DoRA.',
    torchtune: 'Says nothing, and trains on whatever lies in memory.',
    what: '{recipe} never sets the magnitudes of DoRA, so it would train on whatever lies in memory',
    fix: 'use method lora or qlora, or at least 2 GPUs',
    at: ['model.use_dora'],
    broken: (config) => config.recipe === 'lora_dpo_single_device' && isTrue(config, 'model.use_dora') && { recipe: config.recipe },
  },
  {
    name: 'loss-of-pairs',
    why: 'The recipe hands the loss the better and the worse answer.',
    torchtune: '`TypeError: CEWithChunkedOutputLoss.forward() takes 3 positional arguments but 5 were given`',
    what: '{=loss._component_} does not compare pairs',
    fix: 'use torchtune.rlhf.loss.DPOLoss or RSOLoss',
    at: [LOSS],
    broken: (config) => {
      const loss = component(config, 'loss');
      return isOfPairs(config.recipe) && isKnownLoss(config, loss) && !/^torchtune\.rlhf\.loss\.(?:DPO|RSO)Loss$/.test(loss);
    },
  },
  {
    name: 'folder-of-stack-exchange',
    why: 'stack_exchange_paired_dataset sets data_dir itself.',
    torchtune: "`TypeError: torchtune.datasets._preference.PreferenceDataset() got multiple values for keyword argument 'data_dir'`",
    what: 'stack_exchange_paired_dataset sets data_dir itself, and would end with an error at a second one',
    fix: 'remove it',
    at: ['dataset.data_dir'],
    broken: (config) => isSet(config, 'dataset.data_dir') && component(config, 'dataset').endsWith('.stack_exchange_paired_dataset'),
  },
];
