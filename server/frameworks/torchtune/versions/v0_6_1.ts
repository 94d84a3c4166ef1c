import signatures from '../data/components.json' with { type: 'json' };
import models from '../data/models.json' with { type: 'json' };
import others from '../data/other_components.json' with { type: 'json' };
import recipes from '../data/recipes.json' with { type: 'json' };
import shipped from '../data/shipped.json' with { type: 'json' };
import { RULES_OF_0_6_1 } from '../rules/only_0_6_1.ts';
import { componentsFrom, type Signatures } from './components.ts';
import { DEFAULT_VERSION, type Dialect } from './dialect.ts';
import { type ModelFacts, registryFrom } from './registry.ts';
import { type ShippedConfig, shippedFrom } from './shipped.ts';

export const SHIPPED = shipped as unknown as readonly ShippedConfig[];

/** torchtune 0.6.1, the last release. */
export const V0_6_1: Dialect = {
  version: DEFAULT_VERSION,
  ...componentsFrom(signatures as Signatures, recipes, others),
  ...registryFrom(models as unknown as readonly ModelFacts[]),
  shippedFor: shippedFrom(SHIPPED),
  loss: 'torchtune.modules.loss.CEWithChunkedOutputLoss',
  mends_saved: true,
  rules: RULES_OF_0_6_1,
};
