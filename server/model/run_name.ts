import { isUnset } from './settings.ts';

/** Names that an experiment's folder uses itself; a run may not take them (case does not count). */
export const RESERVED_NAMES = ['runs_plan.md', 'runs_status.yaml', 'README.md', '.runwright', 'logs', 'artifacts', 'evaluations'] as const;

const SHAPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
// Windows and macOS folders, and network shares mounted from them, cannot hold these.
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** Why `name` cannot be a run's name, or undefined when it can. */
export function runNameFault(name: string): string | undefined {
  if (name.length > 100) return `it is ${name.length} characters long; a run's name has at most 100`;
  if (!SHAPE.test(name))
    return "a run's name has letters, digits, . _ - and starts with a letter or digit, since it becomes a folder's name";
  if (name.endsWith('.')) return 'a folder name cannot end with a dot everywhere';
  if (isUnset(name)) return 'in a plan\'s table that word means "not set"';
  if (RESERVED_NAMES.some((reserved) => reserved.toLowerCase() === name.toLowerCase()))
    return "the experiment's folder uses that name itself";
  if (DEVICE.test(name)) return 'Windows and network shares reserve that name';
  return undefined;
}
