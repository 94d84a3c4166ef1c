import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TOOLS } from '../../server/tools/catalogue.ts';
import { temporaryFolder } from '../support/context.ts';
import { tokens } from '../support/tokens.ts';
import { CLIENTS, openClient } from './clients.ts';

const listed = z.array(
  z.object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    annotations: z.object({
      title: z.string(),
      readOnlyHint: z.boolean(),
      destructiveHint: z.boolean(),
      idempotentHint: z.boolean(),
      openWorldHint: z.boolean(),
    }),
    inputSchema: z.looseObject({
      type: z.literal('object'),
      properties: z.record(z.string(), z.unknown()),
      additionalProperties: z.literal(false),
    }),
    outputSchema: z.looseObject({
      type: z.literal('object'),
      properties: z.record(z.string(), z.unknown()),
      required: z.array(z.string()),
    }),
  }),
);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Places of the properties, however deep, that have no description. */
function undescribed(schema: unknown, place: string): string[] {
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([key, inner]) => {
    if (key !== 'properties' || !isRecord(inner)) return undescribed(inner, place);
    return Object.entries(inner).flatMap(([name, property]) => {
      const own = isRecord(property) && typeof property.description === 'string' ? [] : [`${place}.${name}`];
      return [...own, ...undescribed(property, `${place}.${name}`)];
    });
  });
}

describe.each(CLIENTS)('the list of tools, to the %s client', (kind) => {
  const tools = async () => listed.parse(await (await openClient(kind, { home: temporaryFolder() })).tools());

  test('has the tools of the catalogue in their order, each with its title, words, annotations and schemas', async () => {
    expect((await tools()).map(({ name, title, description, annotations }) => ({ name, title, description, annotations }))).toEqual(
      TOOLS.map(({ name, title, description, annotations }) => ({ name, title, description, annotations: { title, ...annotations } })),
    );
  });

  test('describes every argument, and promises a summary and a next tool in every result', async () => {
    const all = await tools();
    expect(all.flatMap(({ name, inputSchema }) => undescribed(inputSchema, name))).toEqual([]);
    for (const { outputSchema } of all) expect(outputSchema.required).toEqual(expect.arrayContaining(['summary', 'next']));
  });

  test('costs a conversation less than 6,000 tokens, as the README says, and output schemas not twice that', async () => {
    const all = await tools();
    const given = tokens(all.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })));
    expect(given).toBeLessThan(6_000);
    expect(readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')).toContain(
      `cost a conversation ${given.toLocaleString('en')} tokens`,
    );
    expect(tokens(all)).toBeLessThan(12_000);
  });
});

describe.each(TOOLS.map((tool) => [tool.name, tool] as const))('the description of %s', (_name, { description }) => {
  test('is under 600 characters', () => {
    expect(description.length).toBeLessThan(600);
  });

  test('says what the tool does not do, and names only tools that there are', () => {
    expect(description).toMatch(/\b(no|not|never|nothing)\b/i);
    const named = [
      ...description.matchAll(/\b(?:check|plan|setup|create|generate|preflight|launch|monitor|read|cancel|experiment)_[a-z_]+/g),
    ].map(([word]) => word);
    const known = [...TOOLS.map(({ name }) => name), 'preflight_id', 'cancel_id', 'experiment_dir'];
    expect(named.filter((word) => !known.includes(word))).toEqual([]);
  });
});
