import { parseDocument } from 'yaml';
import { UserError } from '../../../model/problem.ts';
import { isPlain } from '../config/yaml_value.ts';

export type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

// A comment of ours holds no quote, so that the text of a quoted value is never taken for one.
const LINE = /^((?: {2})*)([A-Za-z_]\w*):(?: (.+?))?(?: {2}# (?:plan|default[^"]*))?$/;
const QUOTED = /^"(?:[^"\\]|\\.)*"$/;

/** One value of our own writing, or `undefined` when it is none. */
function scalar(text: string): { value: unknown } | undefined {
  if (text === 'null') return { value: null };
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  if (/^-?(?:0|[1-9]\d{0,14})$/.test(text) || /^-?(?:0|[1-9]\d*)\.\d+(?:e[+-]\d+)?$/.test(text)) return { value: Number(text) };
  if (isPlain(text)) return { value: text };
  if (!QUOTED.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function flow(text: string): { value: unknown } | undefined {
  if (!text.startsWith('[') || !text.endsWith(']')) return scalar(text);
  const inner = text.slice(1, -1);
  if (inner === '') return { value: [] };
  const parts = inner.match(/"(?:[^"\\]|\\.)*"|[^\s",[\]{}]+/g) ?? [];
  if (parts.join(', ') !== inner) return undefined;
  const values = parts.map(scalar);
  return values.some((value) => value === undefined) ? undefined : { value: values.map((value) => value?.value) };
}

/**
 * Reads the layout that we write, twenty times as fast as a YAML parser; undefined at the first line that is not exactly that,
 * and then the parser reads the whole.
 */
export function readOwnLayout(text: string): Tree | undefined {
  const root: Tree = {};
  const open: Tree[] = [root];
  let opened: string | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const depth = (match[1] ?? '').length / 2;
    const key = match[2] ?? '';
    // A key that opens a block must be followed by a deeper line, and no other line may be deeper.
    if (opened === undefined ? depth >= open.length : depth !== open.length - 1) return undefined;
    open.length = depth + 1;
    const parent = open[depth];
    if (parent === undefined || !isPlain(key) || Object.hasOwn(parent, key) || key === '__proto__') return undefined;
    opened = undefined;
    if (match[3] === undefined) {
      const block: Tree = {};
      parent[key] = block;
      open.push(block);
      opened = key;
      continue;
    }
    const read = flow(match[3]);
    if (read === undefined) return undefined;
    parent[key] = read.value;
  }
  return opened === undefined ? root : undefined;
}

/** Any YAML 1.1 that OmegaConf would read, as a tree. */
export function readYaml(text: string, where: string): Tree {
  const document = parseDocument(text, { version: '1.1' });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const line = fault.linePos?.[0];
    throw new UserError(
      `${where}${line === undefined ? '' : `:${line.line}:${line.col}`}: this is no YAML: ${fault.message.split('\n')[0]}`,
    );
  }
  const tree: unknown = document.toJS();
  if (!isTree(tree)) throw new UserError(`${where}: this is no torchtune config; it must have keys such as model and tokenizer`);
  return tree;
}

export const readTree = (text: string, where: string): Tree => readOwnLayout(text) ?? readYaml(text, where);

/** The value at a dotted key, with OmegaConf's `${other.key}` filled in where it is a whole string or part of one. */
export function at(tree: Tree, key: string, depth = 0): unknown {
  let value: unknown = tree;
  for (const part of key.split('.')) value = isTree(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  if (typeof value !== 'string' || !value.includes('${') || depth > 8) return value;
  return value.replace(/\$\{([\w.]+)\}/g, (whole, inner: string) => {
    const found = at(tree, inner, depth + 1);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : whole;
  });
}

export const stringAt = (tree: Tree, key: string): string | undefined => {
  const value = at(tree, key);
  return typeof value === 'string' ? value : undefined;
};
export const numberAt = (tree: Tree, key: string): number | undefined => {
  const value = at(tree, key);
  return typeof value === 'number' ? value : undefined;
};
