import { didYouMean, nearest } from '../../../model/nearest.ts';
import { type YamlValue, yamlValue } from '../config/yaml_value.ts';
import { type Components, likeOf, SECTIONS, takesAny } from '../versions/components.ts';
import { isOfNightly } from '../versions/nightly_keys.ts';
import { misspeltElsewhere } from '../versions/other_packages.ts';
import { columnsOf } from './columns.ts';
import { kindOf, PARTS } from './key_kinds.ts';

export interface KeyFault {
  what: string;
  fix: string;
  /** False where torchtune trains just as without the key, so that only the person is misled. */
  harmful: boolean;
}

type ComponentAt = (section: string) => string | undefined;

const harmful = (what: string, fix: string): KeyFault => ({ what, fix, harmful: true });

/** What is wrong with `key: value` in a config of `recipe`: the name at each depth, then the value's type and range. */
export function keyFault(known: Components, key: string, value: YamlValue, recipe: string, componentAt: ComponentAt): KeyFault | undefined {
  return nameFault(known, key, recipe, componentAt) ?? valueFault(known, key, value, componentAt);
}

function nameFault(known: Components, key: string, recipe: string, componentAt: ComponentAt): KeyFault | undefined {
  const [section = '', argument, part, ...deeper] = key.split('.');
  const read = known.keysOfRecipe(recipe);
  // Of a recipe of the person's own it is not known what it reads.
  if (read.length > 0 && !read.includes(section)) return unreadFault(known, key, recipe);
  if (argument === undefined || argument === '_component_') return undefined;
  const component = componentAt(section);
  // A recipe of the person's own may have sections of its own.
  if (component === undefined) return read.length > 0 || SECTIONS.includes(section) ? componentless(key, section) : undefined;
  const names = known.argumentsOf(component);
  if (names === undefined || takesAny(component)) return undefined;
  if (!names.includes(argument))
    return harmful(`${component} has no argument "${argument}"`, names.length === 0 ? 'remove it' : didYouMean(argument, names));
  if (part === undefined) return undefined;
  const parts = partsOf(`${section}.${argument}`, component);
  if (parts === undefined || deeper.length > 0)
    return harmful(`${section}.${argument} has no parts, so "${key}" means nothing`, `set ${section}.${argument} itself`);
  return parts === 'any' || parts.includes(part) ? undefined : harmful(`${section}.${argument} has no "${part}"`, didYouMean(part, parts));
}

function partsOf(argument: string, component: string): readonly string[] | 'any' | undefined {
  const [section = '', name] = argument.split('.');
  const like = `${likeOf(section)}.${name}`;
  if (like === 'dataset.data_files') return 'any';
  return like === 'dataset.column_map' ? columnsOf(component)?.known : PARTS[like];
}

/** So many recipes are named to a person. */
const FEW = 4;

/** Why `recipe` would not read `key`, which it does not. */
export function unreadFault(known: Components, key: string, recipe: string): KeyFault {
  const [section = ''] = key.split('.');
  const what = `${recipe} does not read "${key}" and torchtune would ignore it without a word`;
  const others = known.recipes.filter((other) => known.keysOfRecipe(other).includes(section));
  if (others.length > FEW) return { what, fix: 'remove it', harmful: false };
  const named = others.join(', ').replace(/, ([^,]*)$/, ' and $1');
  if (others.length > 0) return { what, fix: `remove it; only ${named} ${others.length > 1 ? 'read' : 'reads'} it`, harmful: false };
  if (isOfNightly(section)) {
    const fix = 'remove it, or write "# torchtune: nightly" at the top of the file where one is installed: only that reads it';
    return { what, fix, harmful: false };
  }
  const meant = nearest(section, known.keysOfRecipe(recipe));
  // A key near to one that is read was meant to change the training.
  return { what, fix: meant === undefined ? 'remove it' : `did you mean "${meant}"?`, harmful: meant !== undefined };
}

const componentless = (key: string, section: string): KeyFault =>
  harmful(
    `${key} is an argument of a component, and nothing names that of ${section}`,
    section === 'lr_scheduler' ? 'set lr_scheduler to cosine, or remove it' : `set ${section}._component_, or remove it`,
  );

function valueFault(known: Components, key: string, value: YamlValue, componentAt: ComponentAt): KeyFault | undefined {
  const [section = '', argument] = key.split('.');
  const component = argument === undefined ? undefined : componentAt(section);
  // Of a component of the user's own nothing is known, not even under a name that is known elsewhere.
  if (component !== undefined && argument !== '_component_' && known.argumentsOf(component) === undefined) return undefined;
  const kind = kindOf(key, component);
  if (kind !== undefined && !kind.fits(value)) return harmful(`${key} cannot be ${yamlValue(value)}`, `it must be ${kind.range}`);
  return argument === '_component_' && typeof value === 'string' ? componentFault(known, section, value) : undefined;
}

/** A name in torchtune's or torch's own packages must be one that is there; another may be the user's own. */
function componentFault(known: Components, section: string, component: string): KeyFault | undefined {
  const meant = misspeltElsewhere(component);
  if (meant !== undefined) return harmful(`there is no ${section} component "${component}"`, `did you mean "${meant}"?`);
  if (!/^torch(?:tune\.|\.optim\.)/.test(component) || known.isComponent(component)) return undefined;
  const choice = known.componentsOf(section);
  if (choice.length === 0) return undefined;
  return harmful(`torchtune has no ${section} component "${component}"`, didYouMean(component, choice));
}
