import { z } from 'zod';
import { didYouMean } from '../model/nearest.ts';
import type { Tool } from './tool.ts';

/** Every argument that does not fit: where, what, and how it must be, in the words of the argument's own description. */
export function argumentFaults({ name, input: schema }: Tool, issues: readonly z.core.$ZodIssue[], input: unknown): string {
  const lines = issues.flatMap((issue) => {
    const place = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      const there = bare(schemaAt(schema, issue.path));
      const known = there instanceof z.ZodObject ? Object.keys(there.shape) : [];
      return issue.keys.map(
        (key) => `${place === '' ? '' : `${place}.`}${key}: no such argument${known.length > 0 ? `; ${didYouMean(key, known)}` : ''}`,
      );
    }
    const value = valueAt(input, issue.path);
    const what = place !== '' && value === undefined ? 'is missing' : wrong(issue, value);
    const described = descriptionAt(schema, issue.path);
    return [`${place === '' ? 'arguments' : place}: ${what}${described === undefined ? '' : `; ${described}`}`];
  });
  return [`${name} was called with arguments that do not fit; nothing was changed`, ...lines].join('\n');
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function wrong(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}${meant(issue.expected, value)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((one) => JSON.stringify(one)).join(' or ')}`;
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return 'is empty';
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** A value that only has the wrong clothes on is shown in the right ones. */
function meant(expected: string, value: unknown): string {
  if (expected === 'array' && typeof value === 'string') return `: ${JSON.stringify([value])}`;
  const fits =
    typeof value === 'string' &&
    ((['number', 'int'].includes(expected) && /^\d+$/.test(value)) || (expected === 'boolean' && /^(true|false)$/.test(value)));
  return fits ? `: ${value}, without quotes` : '';
}

/** The schema at this place of the input; undefined where any name may stand. */
function schemaAt(schema: z.ZodObject, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => {
    const outer = bare(at);
    if (outer instanceof z.ZodObject) return outer.shape[String(step)];
    return outer instanceof z.ZodArray ? outer.element : undefined;
  }, schema);
}

const bare = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? bare(schema.unwrap()) : schema;

/** As it stands in the list of tools; an element of a list is described by the list. */
function descriptionAt(schema: z.ZodObject, path: readonly PropertyKey[]): string | undefined {
  const inList = typeof path.at(-1) === 'number';
  const there = schemaAt(schema, inList ? path.slice(0, -1) : path);
  const text = there instanceof z.ZodType ? (there.description ?? (bare(there) as z.ZodType).description) : undefined;
  return text?.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  );
}
