import { likeOf } from '../versions/components.ts';
import { ARGUMENTS } from './argument_kinds.ts';
import { RECIPE_KEYS } from './recipe_kinds.ts';
import { dotted, type ValueKind } from './value_kinds.ts';

/** Names that stand below an argument which is a mapping. Columns depend on the data set; its component's own list is columns.ts's. */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  'tokenizer.prompt_template': ['system', 'user', 'assistant', 'ipython'],
  'checkpointer.checkpoint_files': ['filename_format', 'max_filename'],
};

/** What `key` may hold, where we know it: of a recipe, or of a component's argument (`optimizer.betas`, `tokenizer.prompt_template.user`). */
export function kindOf(key: string, component: string | undefined): ValueKind | undefined {
  const [section = '', argument, part] = key.split('.');
  if (argument === undefined) return RECIPE_KEYS[section];
  if (argument === '_component_') return dotted;
  const kinds = ARGUMENTS[likeOf(section)];
  if (part !== undefined) return kinds?.[`${argument}.${part}`] ?? kinds?.[`${argument}.*`];
  return (component === undefined ? undefined : ARGUMENTS[component]?.[argument]) ?? kinds?.[argument];
}
