import { randomBytes } from 'node:crypto';
import { shellQuote } from '../model/shell_quote.ts';
import { type CommandResult, ConnectionError } from './connection.ts';

export interface Section {
  name: string;
  command: string;
}

export interface SectionResult {
  stdout: string;
  code: number;
  stderr: string;
}

export interface Frame {
  command: string;
  /** Throws `ConnectionError` when a section's end is missing: a cut answer is no answer. */
  read(result: CommandResult): ReadonlyMap<string, SectionResult>;
}

/**
 * Several commands as one. Lines with a random word stand around each section on both streams, so that what a login shell or
 * a message of the day prints does not matter, and a cut answer is noticed. The first section may read standard input.
 */
export function frame(sections: readonly Section[]): Frame {
  if (new Set(sections.map(({ name }) => name)).size < sections.length) throw new Error('two sections of a frame have one name');
  const word = randomBytes(12).toString('hex');
  // The word is written in two halves: a command that prints its own text (ps, set -x) does not print a marker.
  const command = [`w='${word.slice(0, 12)}''${word.slice(12)}'`, ...sections.map(sectionText)].join('\n');
  return { command, read: (result) => new Map(sections.map(({ name }, index) => [name, readSection(result, word, name, index)])) };
}

/** A subshell and eval keep `exit`, `cd`, a comment or an open quote of one section from touching the next. */
const sectionText = ({ command }: Section, index: number): string =>
  `printf '\\n%s+%s\\n' $w ${index}; printf '\\n%s+%s\\n' $w ${index} >&2
( unset w; eval ${shellQuote(command)} )${index === 0 ? '' : ' </dev/null'}
printf '\\n%s-%s %s\\n' $w ${index} $?; printf '\\n%s-%s\\n' $w ${index} >&2`;

function readSection(result: CommandResult, word: string, name: string, index: number): SectionResult {
  const out = between(result.stdout, `\n${word}+${index}\n`, `\n${word}-${index} `);
  const err = between(result.stderr, `\n${word}+${index}\n`, `\n${word}-${index}\n`);
  const code = out === undefined ? null : /^(\d{1,3})\n/.exec(result.stdout.slice(out.end));
  if (out === undefined || err === undefined || code === null) {
    const said = result.stderr
      .replaceAll(new RegExp(`\\n?${word}[+-]\\d+\\n?`, 'g'), '')
      .trim()
      .slice(-300);
    throw new ConnectionError(`the answer was cut short in "${name}"${said === '' ? '' : ` (it said: ${said})`}; ask again`);
  }
  return { stdout: out.text, code: Number(code[1]), stderr: err.text };
}

function between(text: string, begin: string, end: string): { text: string; end: number } | undefined {
  const from = text.indexOf(begin);
  const to = from < 0 ? -1 : text.indexOf(end, from + begin.length);
  return to < 0 ? undefined : { text: text.slice(from + begin.length, to), end: to + end.length };
}
