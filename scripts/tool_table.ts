import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { wireSchema } from '../server/mcp/wire_schema.ts';
import type { Tool } from '../server/tools/tool.ts';

/** README's table of tools: the first sentence of each description, and what its annotations say that it touches. */
export function toolTable(tools: readonly Tool[]): string {
  const rows = tools.map(
    ({ name, description, annotations }) => `| \`${name}\` | ${cell(firstSentence(description))} | ${touches(annotations)} |`,
  );
  return ['| tool | what it does | touches |', '|---|---|---|', ...rows].join('\n');
}

/** The table, and what a model is given of the tools in tokens. */
export const toolSection = (tools: readonly Tool[]): string =>
  `${toolTable(tools)}\n\nAll ${tools.length} together cost a conversation ${toolTokens(tools).toLocaleString('en')} tokens (names, descriptions and input schemas, in o200k_base).`;

const toolTokens = (tools: readonly Tool[]): number =>
  encode(
    JSON.stringify(
      tools.map(({ name, description, input }) => ({
        name,
        description,
        inputSchema: wireSchema(input)['~standard'].jsonSchema.input({ target: 'draft-2020-12' }),
      })),
    ),
  ).length;

/** A sentence ends at a stop before a space: `finetune.yaml` holds none. */
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function touches({ readOnlyHint, destructiveHint, openWorldHint }: Tool['annotations']): string {
  if (readOnlyHint) return openWorldHint ? 'reads the cluster' : 'reads files';
  if (destructiveHint) return 'changes jobs';
  return openWorldHint ? 'reads the cluster, writes files' : 'writes files';
}
