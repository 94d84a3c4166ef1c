import { cellOfDataset, type Plan, type PlannedRun, type Position } from '../../../model/plan.ts';
import type { Choices } from '../config/choices.ts';
import type { Draft } from '../config/draft.ts';
import { componentFaults } from '../keys/component_faults.ts';
import { SAME_AS_SETTING } from '../keys/own_keys.ts';
import type { ModelFacts } from '../versions/registry.ts';
import { brokenRules } from './check.ts';

const WORDS: ReadonlyMap<string, string> = new Map([...SAME_AS_SETTING, ['model.lora_attn_modules', 'lora_modules'], ['device', 'gpus']]);

/** How a plan says `key`. */
export const wordInPlan = (key: string): string => WORDS.get(key) ?? key;

/** What torchtune refuses after the job has started, or does wrong without a word; each at the cell of the plan that says so. */
export function checkRules(
  draft: Draft,
  choices: Choices,
  model: ModelFacts,
  teacher: ModelFacts | undefined,
  plan: Plan,
  run: PlannedRun,
): void {
  const dataset = plan.datasets.get(run.dataset ?? '');
  const format = dataset === undefined ? undefined : cellOfDataset(dataset, 'format');
  /** Keys that follow from other cells than their own. */
  const elsewhere: Readonly<Record<string, Position | undefined>> = {
    device: choices.gpus.at,
    nodes: choices.nodes.at,
    'model._component_': choices.method.at,
    'dataset.packed': choices.packed.at,
    'quantizer._component_': choices.quantizer,
    ...Object.fromEntries([...(plan.models.get(run.model)?.sizes ?? [])].map(([size, { at }]) => [`model.${size}`, at])),
    'checkpointer.checkpoint_dir': plan.models.get(run.model)?.at,
  };
  const placeOf = (key: string): Position | undefined => draft.plannedAround(key) ?? elsewhere[key];
  const { dialect } = draft;
  const config = {
    version: dialect.version,
    known: dialect,
    recipe: choices.recipe,
    cpu: choices.cpu,
    nodes: choices.nodes.value,
    devices: choices.cpu ? 1 : choices.gpus.value * choices.nodes.value,
    model,
    teacher,
    packed: [choices.packed.value],
    value: (key: string) => draft.value(key),
    given: (key: string) => draft.plannedAround(key) !== undefined,
  };
  for (const { rule, what, fix } of brokenRules(config, dialect.rules, wordInPlan)) {
    const at = rule.at.map(placeOf).find((position) => position !== undefined) ?? run.at;
    if (rule.weight === 'warning') draft.warning(at, what, fix);
    else draft.error(at, what, fix);
  }
  const componentAt = (section: string): string | undefined => draft.string(`${section}._component_`);
  for (const { section, what, fix } of componentFaults(dialect, componentAt, (key) => draft.has(key)))
    draft.error(placeOf(`${section}._component_`) ?? (section === 'dataset' ? format : undefined) ?? run.at, what, fix);
}
