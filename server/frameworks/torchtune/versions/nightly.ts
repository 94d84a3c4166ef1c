import signatures from '../data/nightly/components.json' with { type: 'json' };
import models from '../data/nightly/models.json' with { type: 'json' };
import others from '../data/nightly/other_components.json' with { type: 'json' };
import recipes from '../data/nightly/recipes.json' with { type: 'json' };
import shipped from '../data/nightly/shipped.json' with { type: 'json' };
import { RULES_OF_NIGHTLY } from '../rules/only_nightly.ts';
import { componentsFrom, type Signatures } from './components.ts';
import type { Dialect } from './dialect.ts';
import { type ModelFacts, registryFrom } from './registry.ts';
import { type ShippedConfig, shippedFrom } from './shipped.ts';
import { SHIPPED } from './v0_6_1.ts';

const MODELS = models as unknown as readonly ModelFacts[];
/** The configs of 0.6.1 are there too, with the same values, as far as their models are; data/nightly/shipped.json has the others. */
const kept = SHIPPED.filter(({ model }) => MODELS.some(({ short }) => short === model));

/** torchtune's main branch at bd2a0fc (2026-04): 0.7, which was never released. From its source: it was not run. */
export const NIGHTLY: Dialect = {
  version: 'nightly',
  ...componentsFrom(signatures as Signatures, recipes, others),
  ...registryFrom(MODELS),
  shippedFor: shippedFrom([...kept, ...(shipped as unknown as readonly ShippedConfig[])]),
  loss: 'torchtune.modules.loss.LinearCrossEntropyLoss',
  mends_saved: false,
  why_no_resume:
    'torchtune nightly does not load the place in the data again with LoRA, and chooses what it goes on from by a word in the path; so the steps after a resume would not be those of a run that nobody stopped',
  rules: RULES_OF_NIGHTLY,
};
