import { largestGroup, rowLengths } from '../versions/registry.ts';
import { component, isQuantised, isTrue, numberOf, type Rule } from './rule.ts';

/** Quantisation-aware training. */
export const QUANTIZER_RULES: readonly Rule[] = [
  {
    name: 'qat-needs-gpus',
    why: 'torchtune 0.6.1 has only distributed recipes for it.',
    torchtune: '`RuntimeError: Distributed finetune recipe should be run via a distributed launcher.`',
    what: 'quantisation-aware training needs several GPUs: torchtune {version} has only distributed recipes for it',
    fix: 'set {device} to at least 2, or remove the quantizer',
    at: ['device', 'nodes', 'quantizer._component_'],
    broken: ({ recipe, devices, version }) => /^qat_.*distributed$/.test(recipe) && devices < 2 && { version },
  },
  {
    name: 'qat-without-dora-or-qlora',
    why: 'Both change the linear layers that would be quantised.',
    torchtune: '`ValueError: QAT is currently not compatible with DoRA`',
    what: '{method} excludes quantisation-aware training',
    fix: 'use plain LoRA or train all weights, or remove the quantizer',
    at: ['model._component_', 'quantizer._component_'],
    broken: (config) => {
      if (!config.recipe.startsWith('qat_')) return false;
      if (isTrue(config, 'model.use_dora')) return { method: 'DoRA' };
      return isQuantised(config) && { method: 'QLoRA' };
    },
  },
  {
    name: 'quantizer-of-training',
    why: 'The other quantizers are for a model that is trained already.',
    torchtune: "`ValueError: Quantizer mode '8da4w' is not supported for finetuning`",
    what: '{=quantizer._component_} is not for training',
    fix: 'use torchtune.training.quantization.Int8DynActInt4WeightQATQuantizer or Int4WeightOnlyQATQuantizer',
    at: ['quantizer._component_'],
    broken: (config) => {
      const quantizer = component(config, 'quantizer');
      return config.recipe.startsWith('qat_') && /^(?:torchtune|torchao)\./.test(quantizer) && !quantizer.includes('QAT');
    },
  },
  {
    name: 'groups-of-whole-rows',
    why: 'A row of weights is quantised in groups of that many numbers.',
    torchtune: 'Says nothing: the layers whose rows are no whole groups are trained as without a quantizer.',
    what: 'groups of {=quantizer.groupsize} do not fill the rows of {name}, which are {length} long, so those layers would not be quantised',
    fix: 'set quantizer.groupsize to {most}',
    at: ['quantizer.groupsize'],
    broken: (config) => {
      const { model, recipe } = config;
      const size = numberOf(config, 'quantizer.groupsize');
      if (!recipe.startsWith('qat_') || model === undefined || size === undefined || isTrue(config, 'quantizer.padding_allowed'))
        return false;
      const length = rowLengths(model).find((row) => row % size !== 0);
      return length !== undefined && { length, most: largestGroup(model), name: model.names[0] ?? '' };
    },
  },
];
