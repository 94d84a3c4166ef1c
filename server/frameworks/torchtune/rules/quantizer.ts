import { isQuantised, isTrue, type Rule } from './rule.ts';

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
];
