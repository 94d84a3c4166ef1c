import type { Tool } from '../server/tools/tool.ts';

const BEGIN = '<!-- tools:begin -->';
const END = '<!-- tools:end -->';

/** README's table of tools: the first sentence of each description, and what its annotations say that it touches. */
export function toolTable(tools: readonly Tool[]): string {
  const rows = tools.map(
    ({ name, description, annotations }) => `| \`${name}\` | ${cell(firstSentence(description))} | ${touches(annotations)} |`,
  );
  return ['| tool | what it does | touches |', '|---|---|---|', ...rows].join('\n');
}

/** The text with the table between its two marks; everything else stays as it is. */
export function withTable(text: string, table: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin === -1 || end === -1)
    throw new Error(`the marks ${BEGIN} and ${END} are missing; put them, in this order, where the table belongs`);
  return `${text.slice(0, begin + BEGIN.length)}\n${table}\n${text.slice(end)}`;
}

/** A sentence ends at a stop before a space: `finetune.yaml` holds none. */
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function touches({ readOnlyHint, destructiveHint, openWorldHint }: Tool['annotations']): string {
  if (readOnlyHint) return openWorldHint ? 'reads the cluster' : 'reads files';
  if (destructiveHint) return 'changes jobs';
  return openWorldHint ? 'reads the cluster, writes files' : 'writes files';
}
