import { type Components, SECTIONS } from '../versions/components.ts';

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
  const faults: ComponentFault[] = [];
  for (const section of SECTIONS) {
    const component = componentAt(section);
    if (component === undefined) continue;
    for (const argument of known.requiredArguments(component)) {
      const key = `${section}.${argument}`;
      if (!has(key)) faults.push({ section, what: `${component} needs the argument "${argument}"`, fix: `set ${key}` });
    }
  }
  return faults;
}
