import type { Framework } from '../model/framework.ts';
import { insteadOf, nameHere, nearHere } from '../model/names_elsewhere.ts';
import { didYouMean, nearest } from '../model/nearest.ts';
import type { Position } from '../model/plan.ts';
import { canonicalSetting, SETTINGS, type SettingDefinition, type SettingValue } from '../model/settings.ts';
import type { Complaints } from './complaints.ts';
import { columnHint } from './table_columns.ts';

/** A name that a plan may set: one of ours, or the framework's own key (then without a definition). */
export interface KnownSetting {
  name: string;
  definition?: SettingDefinition;
}

const SETTING_NAMES = Object.keys(SETTINGS);

/** The setting, or how to mend its name. `others` are further words that are valid in this place. */
export function knownSetting(written: string, framework: Framework | undefined, others: readonly string[]): KnownSetting | { fix: string } {
  const name = canonicalSetting(written);
  const definition = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (definition !== undefined) return { name, definition };
  // Without a framework nobody can tell; that it is unknown is an error already.
  if (framework === undefined) return { name: written };
  for (const key of [written, name]) if (framework.ownKey(key).known) return { name: key };
  const here = nameHere(name);
  if (here !== undefined) return { fix: `here it is called "${here}"` };
  const instead = insteadOf(name) ?? columnHint(name);
  if (instead !== undefined) return { fix: instead };
  const ours = [...SETTING_NAMES, ...others];
  const { instead: fix, nearest: own } = framework.ownKey(written);
  if (fix !== undefined) return { fix };
  const near = written.includes('.') ? (own ?? nearest(name, ours)) : (nearest(name, ours) ?? own ?? nearHere(name));
  return { fix: near === undefined ? didYouMean(name, ours) : `did you mean "${near}"?` };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The parts of a list as they are written: quotes hold a comma and spaces, and make a number a text. */
function partsOf(list: string): string[] {
  if (list.trim() === '') return [];
  const parts = list.match(/\s*(?:"(?:[^"\\]|\\.)*"|'[^']*')\s*(?=,|$)|[^,]+|(?<=,)(?=,|$)|^(?=,)/g) ?? [];
  return parts.map((part) => part.trim());
}

/** A framework's own value stays the scalar that it looks like. */
export function scalar(text: string): SettingValue {
  const list = /^\[(.*)\]$/.exec(text)?.[1];
  if (list !== undefined) return partsOf(list);
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text;
}

/** Read as "not set", a `none` that was meant as "off" would train with the value of Defaults, or with ours. */
export function noneIsUnclear({ name, definition }: KnownSetting, at: Position, complaints: Complaints): void {
  if (definition?.side !== 'job')
    complaints.error(
      at,
      `${name} is "none", which may mean "not set" or "off"`,
      'write - for "not set"; to have it off in some runs, leave it out of Defaults and set it in the others (lr_scheduler has constant)',
    );
}

export function readValue(
  { name, definition }: KnownSetting,
  text: string,
  at: Position,
  complaints: Complaints,
): SettingValue | undefined {
  if (definition === undefined) return scalar(text);
  const value = definition.read(text);
  if (value === undefined) complaints.error(at, `${name} cannot be "${text}"`, `it must be ${definition.range}`);
  return value;
}
