import { type Components, SECTIONS } from './components.ts';

export interface ComponentFault {
  section: string;
  what: string;
  fix: string;
}

/** What each component of a config needs and nothing gives. */
export function componentFaults(
  known: Components,
  componentAt: (section: string) => string | undefined,
  has: (key: string) => boolean,
): ComponentFault[] {
  return SECTIONS.flatMap((section) => {
    const component = componentAt(section);
    if (component === undefined) return [];
    return known
      .requiredArguments(component)
      .filter((argument) => !has(`${section}.${argument}`))
      .map((argument) => ({ section, what: `${component} needs the argument "${argument}"`, fix: `set ${section}.${argument}` }));
  });
}
