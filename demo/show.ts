import type { ToolAnswer } from './client.ts';

const colours = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint =
  (code: number) =>
  (text: string): string =>
    colours ? `\u001b[${code}m${text}\u001b[0m` : text;
export const bold = paint(1);
export const dim = paint(2);

export const say = (text = ''): void => console.log(text);

export function heading(stage: string, tool: string, does: string): void {
  say();
  say(`${bold(`== ${stage}: ${tool}`)}  ${does}`);
}

/** Lists that are worth a line each; longer ones are cut. */
const LISTS = ['added', 'created', 'updated', 'kept', 'skipped', 'submitted', 'refused', 'uncertain'] as const;
const SHOWN = 8;

/** One entry of a list in a tool's answer: a name, or an object that has one. */
function entryText(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return String(entry);
  const scalars = Object.values(entry).filter((value) => typeof value === 'string' || typeof value === 'number');
  return scalars.join('  ');
}

/** What a tool's answer says to a person. */
export function answerLines(answer: ToolAnswer): string[] {
  const lists = LISTS.flatMap((field) => {
    const entries = answer[field];
    if (!Array.isArray(entries) || entries.length === 0) return [];
    const more = entries.length > SHOWN ? [`    ... and ${entries.length - SHOWN} more`] : [];
    return [`  ${field}:`, ...entries.slice(0, SHOWN).map((entry) => `    ${entryText(entry)}`), ...more];
  });
  const problems = (answer.problems ?? []).map(({ severity, where, what, fix }) => `  ${severity}: ${where}: ${what}; ${fix}`);
  const next = answer.next === undefined ? [] : [dim(`  next: ${answer.next.tool}: ${answer.next.why}`)];
  return [`  ${answer.summary}`, ...lists, ...problems, ...next];
}

export const showAnswer = (answer: ToolAnswer): void => say(answerLines(answer).join('\n'));
