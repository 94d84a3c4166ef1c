import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { USAGE } from '../../server/command/run.ts';
import { INSTRUCTIONS, READ_ONLY_INSTRUCTIONS } from '../../server/mcp/instructions.ts';
import { wireSchema } from '../../server/mcp/wire_schema.ts';
import { PROMPTS } from '../../server/prompts/catalogue.ts';
import { RESOURCES } from '../../server/resources/catalogue.ts';
import { TOOLS } from '../../server/tools/catalogue.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SKILLS = join(ROOT, '.claude/skills');
const files = ['README.md', 'CHANGELOG.md', 'templates/README.md'].map((name) => [name, readFileSync(join(ROOT, name), 'utf8')] as const);
const skills = readdirSync(SKILLS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, readFileSync(join(SKILLS, name), 'utf8')] as const);
const tools = TOOLS.map(({ name, title, description, input, output }) => {
  const schemas = [wireSchema(input)['~standard'].jsonSchema.input, wireSchema(output)['~standard'].jsonSchema.output];
  return [name, JSON.stringify([title, description, schemas.map((schema) => schema({ target: 'draft-2020-12' }))])] as const;
});
const others = Object.entries({ PROMPTS, RESOURCES, USAGE, INSTRUCTIONS, READ_ONLY_INSTRUCTIONS }).map(
  ([name, value]) => [name, JSON.stringify(value)] as const,
);

/** Other people's words for a run, an experiment, a setting and a cluster. */
const FOREIGN = /\b(sweeps?|trials?|tasks?|hyper-?parameters?|workloads?|hosts|(to|on) (a|the|this|that) host)\b/gi;
test.each([...files, ...skills, ...tools, ...others])('%s uses the words of the project and no others', (_name, text) => {
  expect(text.match(FOREIGN) ?? []).toEqual([]);
});

test('every conversation carries the instructions: under 500 characters', () => {
  expect([INSTRUCTIONS.length < 500, READ_ONLY_INSTRUCTIONS.length < 500]).toEqual([true, true]);
});
