import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { z } from 'zod';

/** The SDK advertises the schema, and `callTool` checks it: its messages name the nearest argument. */
export function wireSchema(schema: z.ZodObject): StandardSchemaWithJSON {
  const standard = schema['~standard'] as unknown as StandardSchemaWithJSON['~standard'];
  const { input, output } = standard.jsonSchema;
  return {
    '~standard': {
      ...standard,
      validate: (value: unknown) => ({ value }),
      jsonSchema: {
        input: (options) => slim(input(options)) as Record<string, unknown>,
        output: (options) => slim(output(options)) as Record<string, unknown>,
      },
    },
  };
}

/** Says the same in fewer words: every conversation pays for them. */
function slim(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(slim);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => !isImplied(key, value));
  return oneType(Object.fromEntries(kept.map(([key, value]) => [key, slim(value)])));
}

/** The protocol's own dialect; names that are strings, as all names are; and the largest integer that there is. */
const isImplied = (key: string, value: unknown): boolean =>
  (key === '$schema' && typeof value === 'string') ||
  (key === 'propertyNames' && JSON.stringify(value) === '{"type":"string"}') ||
  (key === 'maximum' && value === Number.MAX_SAFE_INTEGER);

/** A choice among bare types is one list of types. */
function oneType(node: Record<string, unknown>): Record<string, unknown> {
  const { anyOf, ...rest } = node;
  if (!Array.isArray(anyOf) || !anyOf.every(isBare)) return node;
  const [items] = anyOf.flatMap((one) => ('items' in one ? [one.items] : []));
  return { type: anyOf.map(({ type }) => type), ...(items === undefined ? {} : { items }), ...rest };
}

const isBare = (one: unknown): one is { type: string; items?: unknown } =>
  typeof one === 'object' &&
  one !== null &&
  'type' in one &&
  typeof one.type === 'string' &&
  Object.keys(one).every((key) => ['type', 'items'].includes(key));
