import type { Position } from '../../model/plan.ts';
import { type Choices, cellOf } from './choices.ts';
import { componentsFrom, type Signatures } from './components.ts';
import signatures from './data/nightly/components.json' with { type: 'json' };
import models from './data/nightly/models.json' with { type: 'json' };
import recipes from './data/nightly/recipes.json' with { type: 'json' };
import shipped from './data/nightly/shipped.json' with { type: 'json' };
import type { Dialect } from './dialect.ts';
import type { Draft } from './draft.ts';
import { parallelRules } from './nightly_parallel.ts';
import { type ModelFacts, registryFrom } from './registry.ts';
import { type ShippedConfig, shippedFrom } from './shipped.ts';
import { SHIPPED } from './v0_6_1.ts';

const MODELS = models as unknown as readonly ModelFacts[];
/** The configs of 0.6.1 are there too, with the same values, as far as their models are; data/nightly/shipped.json has the others. */
const kept = SHIPPED.filter(({ model }) => MODELS.some(({ short }) => short === model));

/** torchtune's main branch at bd2a0fc (2026-04): 0.7, which was never released. From its source: it was not run. */
export const NIGHTLY: Dialect = {
  version: 'nightly',
  ...componentsFrom(signatures as Signatures, recipes),
  ...registryFrom(MODELS),
  shippedFor: shippedFrom([...kept, ...(shipped as unknown as readonly ShippedConfig[])]),
  loss: 'torchtune.modules.loss.LinearCrossEntropyLoss',
  mends_saved: false,
  why_no_resume:
    'torchtune nightly does not load the place in the data again with LoRA, and chooses what it goes on from by a word in the path; so the steps after a resume would not be those of a run that nobody stopped',
  rules,
};

/** By recipe, what becomes of save_every_n_steps; of the others it saves what it should. */
const STEP_SAVES: readonly [RegExp, string][] = [
  [
    /^(?:lora_finetune_distributed|knowledge_distillation_single_device)$/,
    'ends with an error at the first save of save_every_n_steps, since it names no step',
  ],
  [
    /^(?:lora_finetune_single_device|lora_dpo_single_device|qat_\w+)$/,
    "writes over the epoch's folder at each save of save_every_n_steps, so no step is kept",
  ],
];

function rules(draft: Draft, choices: Choices, row: Position): void {
  const { recipe, compile } = choices;
  const saving = draft.plannedAt('save_every_n_steps');
  const fault = STEP_SAVES.find(([shape]) => shape.test(recipe))?.[1];
  if (saving !== undefined && draft.value('save_every_n_steps') !== null) {
    if (fault !== undefined)
      draft.error(
        saving,
        `${recipe} of torchtune nightly ${fault}`,
        'remove it; several epochs with max_steps_per_epoch save at the end of each',
      );
    else
      draft.warning(
        saving,
        'what save_every_n_steps saves lies in step_N, which nothing here goes on from',
        'remove it, or leave it for your own use',
      );
  }
  const parallel = draft.plannedAt('tensor_parallel_dim');
  if (parallel !== undefined && choices.family === 'lora' && draft.value('tensor_parallel_dim') !== 1)
    draft.error(parallel, `${recipe} refuses a tensor_parallel_dim other than 1`, 'remove it, or use method full');
  parallelRules(draft, choices);
  if (recipe === 'qat_distributed' && compile.value)
    draft.error(
      cellOf(compile, row),
      'quantisation-aware training of all weights on several GPUs excludes compile',
      'set compile to false',
    );
  validationRules(draft);
}

function validationRules(draft: Draft): void {
  const every = draft.plannedAt('run_val_every_n_steps');
  const data = draft
    .keysUnder('dataset_val')
    .map((key) => draft.plannedAt(`dataset_val.${key}`))
    .find((at) => at !== undefined);
  if (every !== undefined && draft.value('run_val_every_n_steps') !== null && data === undefined)
    draft.error(
      every,
      'run_val_every_n_steps needs data to validate on',
      'set dataset_val.data_files, or another key of dataset_val that tells it from dataset',
    );
  for (const at of [data, draft.plannedAt('batch_size_val')])
    if (at !== undefined && every === undefined)
      draft.error(
        at,
        'without run_val_every_n_steps nothing is validated',
        'set run_val_every_n_steps, or remove the keys of the validation',
      );
}
