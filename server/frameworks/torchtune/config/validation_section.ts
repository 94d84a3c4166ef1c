import type { Setting } from '../../../model/plan.ts';
import type { Draft } from './draft.ts';

/** Data to validate on is read as the training data is, but for what the keys of dataset_val say; another component is the plan's own. */
export function validationSection(draft: Draft, own: ReadonlyMap<string, Setting>): void {
  const asked = [...own.keys()].some((key) => key.startsWith('dataset_val.'));
  if (!asked || own.has('dataset_val._component_')) return;
  for (const key of draft.keysUnder('dataset')) {
    const value = draft.value(`dataset.${key}`);
    if (value !== undefined) draft.fixed(`dataset_val.${key}`, value);
  }
}
