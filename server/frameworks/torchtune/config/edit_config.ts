import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Change } from '../../../model/framework.ts';
import { type YamlValue, yamlValue } from './yaml_value.ts';

export interface Edit {
  /** Dotted. */
  key: string;
  value: YamlValue;
  why: string;
}

/** The last line of a file that a stage wrote: of an edited text it would no longer be true. */
const SIGNATURE = /^# runwright wrote this file;.*\n?$/m;

/**
 * The text with some values changed and every other line, comments and spacing included, as it was. Edits that change nothing
 * are no changes.
 */
export function editConfig(text: string, edits: readonly Edit[]): { text: string; changes: Change[] } {
  let edited = text.replace(SIGNATURE, '');
  const changes: Change[] = [];
  for (const { key, value, why } of edits) {
    const from = valueText(edited, key);
    const to = yamlValue(value);
    const same = from === to || (typeof value === 'number' && Number(from) === value);
    if (same || (from === undefined && value === null)) continue;
    edited = withValue(edited, key, to, from === undefined ? 'new' : `was ${from}`);
    changes.push({ setting: key, from: from ?? 'not set', to, why });
  }
  return { text: edited, changes };
}

const parse = (text: string) => parseDocument(text, { version: '1.1' });
const path = (key: string): string[] => key.split('.');

/** The value as it would be written on one line. */
function valueText(text: string, key: string): string | undefined {
  const document = parse(text);
  if (!document.hasIn(path(key))) return undefined;
  const node = document.getIn(path(key), true);
  if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) return node.source;
  const value: unknown = document.toJS();
  return yamlValue(path(key).reduce<unknown>((tree, part) => (tree as Record<string, unknown>)[part], value) as YamlValue);
}

const keyOf = (pair: Pair): unknown => (isScalar(pair.key) ? pair.key.value : undefined);

function withValue(text: string, key: string, value: string, remark: string): string {
  let map = parse(text).contents as YAMLMap;
  const parts = path(key);
  const name = parts.pop() ?? '';
  for (const part of parts) {
    const inner = map.get(part, true);
    if (!isMap(inner)) throw new Error(`${key}: ${part} is no mapping`);
    map = inner;
  }
  const pair = map.items.find((item) => keyOf(item) === name);
  return pair === undefined ? withNewKey(text, map, name, value, remark) : withNewValue(text, pair, value, remark);
}

/** The old value's text is replaced, and with it a remark behind it such as `# default`, which held for the old value. */
function withNewValue(text: string, pair: Pair, value: string, remark: string): string {
  const range = (pair.value as { range?: [number, number, number] | null } | null)?.range;
  const keyEnd = (pair.key as { range?: [number, number, number] | null }).range?.[1] ?? 0;
  const colon = text.indexOf(':', keyEnd) + 1;
  // A block value's range ends after its last line break.
  const end = Math.max(colon, text.slice(0, range?.[1] ?? colon).trimEnd().length);
  const rest = text.slice(end).replace(/^[ \t]*#[^\n]*/, '');
  const written = `${text.slice(0, colon)} ${value}`;
  // Inside a flow mapping a remark would swallow what follows it.
  if (/^[ \t]*[,}\]]/.test(rest)) return `${written}${rest}`;
  return `${written}  # ${remark}${rest}`;
}

/** Before the last key of the same mapping, so that it stands among its siblings whatever follows them. */
function withNewKey(text: string, map: YAMLMap, name: string, value: string, remark: string): string {
  const last = map.items.at(-1);
  const start = (last?.key as { range?: [number, number, number] | null } | undefined)?.range?.[0] ?? map.range?.[0] ?? 0;
  if (map.flow === true) {
    const open = (map.range?.[0] ?? 0) + 1;
    return `${text.slice(0, open)}${name}: ${value}${last === undefined ? '' : ', '}${text.slice(open)}`;
  }
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return `${text.slice(0, start)}${name}: ${value}  # ${remark}\n${indent}${text.slice(start)}`;
}
