import type { Position } from '../../model/plan.ts';
import { type Choices, cellOf } from './choices.ts';
import { componentsFrom, type Signatures } from './components.ts';
import signatures from './data/components.json' with { type: 'json' };
import models from './data/models.json' with { type: 'json' };
import recipes from './data/recipes.json' with { type: 'json' };
import shipped from './data/shipped.json' with { type: 'json' };
import type { Dialect } from './dialect.ts';
import type { Draft } from './draft.ts';
import { type ModelFacts, registryFrom } from './registry.ts';
import { type ShippedConfig, shippedFrom } from './shipped.ts';

export const SHIPPED = shipped as unknown as readonly ShippedConfig[];

/** torchtune 0.6.1, the last release. */
export const V0_6_1: Dialect = {
  version: '0.6.1',
  ...componentsFrom(signatures as Signatures, recipes),
  ...registryFrom(models as unknown as readonly ModelFacts[]),
  shippedFor: shippedFrom(SHIPPED),
  loss: 'torchtune.modules.loss.CEWithChunkedOutputLoss',
  mends_saved: true,
  rules: quantiserRules,
};

function quantiserRules(draft: Draft, choices: Choices, row: Position): void {
  const { quantizer, compile } = choices;
  if (quantizer !== undefined && compile.value)
    draft.error(cellOf(compile, row), 'quantisation-aware training excludes compile', 'set compile to false');
}
