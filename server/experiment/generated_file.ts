import { createTwoFilesPatch } from 'diff';
import { digest } from '../model/digest.ts';
import { readTextIfThere, writeText } from '../model/files.ts';
import { fenced } from '../model/untrusted.ts';

/**
 * A generated file says in its last line what its other lines were when the stage wrote it. So the file itself tells
 * whether a person has edited it since: no record beside it can be lost, and a copied folder still knows.
 */
const MARK = 'runwright wrote this file; edited files are kept; sha256';

export type CommentStyle = 'hash' | 'html';
export type FileOutcome = 'created' | 'updated' | 'unchanged' | 'kept';

const markLine = (body: string, style: CommentStyle): string => {
  const words = `${MARK} ${digest(body).slice(0, 32)}`;
  return style === 'hash' ? `# ${words}\n` : `<!-- ${words} -->\n`;
};

export function signed(text: string, style: CommentStyle): string {
  const body = text.endsWith('\n') ? text : `${text}\n`;
  return body + markLine(body, style);
}

/** True when the text is just as a stage wrote it. */
export function isUntouched(text: string): boolean {
  const lastLine = text.lastIndexOf('\n', text.length - 2) + 1;
  const body = text.slice(0, lastLine);
  const mark = text.slice(lastLine);
  return mark === markLine(body, 'hash') || mark === markLine(body, 'html');
}

export interface WriteOptions {
  overwrite: boolean;
  dry_run: boolean;
}

/** Writes the signed text, unless a person has edited the file: then it stays, and the difference is told. */
export function writeGenerated(
  path: string,
  text: string,
  style: CommentStyle,
  options: WriteOptions,
): { outcome: FileOutcome; diff?: string } {
  const wanted = signed(text, style);
  const present = readTextIfThere(path);
  if (present === wanted) return { outcome: 'unchanged' };
  if (present !== undefined && !isUntouched(present) && !options.overwrite) {
    return { outcome: 'kept', diff: shortDiff(present, wanted) };
  }
  if (!options.dry_run) writeText(path, wanted);
  return { outcome: present === undefined ? 'created' : 'updated' };
}

/** What the stage would change in the file. */
export const differenceFrom = (path: string, text: string, style: CommentStyle): string =>
  shortDiff(readTextIfThere(path) ?? '', signed(text, style));

const DIFF_LINES = 40;

function shortDiff(present: string, wanted: string): string {
  const lines = createTwoFilesPatch('as it is', 'as the stage would write it', present, wanted, '', '', { context: 0 })
    .split('\n')
    .slice(1);
  const shown = lines.filter((line) => !line.includes(MARK));
  const cut = shown.length > DIFF_LINES ? [...shown.slice(0, DIFF_LINES), `... ${shown.length - DIFF_LINES} more lines`] : shown;
  return fenced(cut.join('\n'));
}
