import { writeLineBreaks } from '../model/line_breaks.ts';
import { UserError } from '../model/problem.ts';
import { canonicalSetting, SETTINGS } from '../model/settings.ts';
import type { InputValue } from './input.ts';
import { writeCell } from './markdown_row.ts';

/** `0.0001` as `1e-4`: how people write learning rates. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e15) ? value.toExponential().replace('e+', 'e') : String(value);
}

/** What the cell of `key` is to say; undefined when it is not set. */
export function valueText(key: string, value: InputValue | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? textOf(key, value) : listText(key, value);
  if (/[\r\n]/.test(text))
    throw new UserError(
      `the value of ${key} has a line break, which a table's cell cannot hold; write it in one line (nothing was changed)`,
    );
  return text;
}

/** Texts of several lines. */
const TEXTS: ReadonlySet<string> = new Set(['prompt', 'system_prompt']);
const textOf = (key: string, value: string): string => (TEXTS.has(canonicalSetting(key)) ? writeLineBreaks(value) : value);

/** What would be read as two parts, or lose its spaces, without quotes. */
const needsQuotes = (part: string): boolean => /^\s|\s$|[,\r\n\t]/.test(part) && !/^".*"$|^'.*'$/.test(part);
const quoted = (part: string): string => `"${writeLineBreaks(part.replaceAll('"', '\\"'))}"`;

/** A list of ours reads as words; a framework's own is told from a text by its brackets. */
const listText = (key: string, items: readonly string[]): string =>
  Object.hasOwn(SETTINGS, canonicalSetting(key))
    ? items.join(', ')
    : `[${items.map((part) => (needsQuotes(part) ? quoted(part) : part)).join(', ')}]`;

/** The cell's Markdown, `-` when not set. */
export function cellOf(key: string, value: InputValue | undefined): string {
  const text = valueText(key, value);
  return text === undefined || text === '' ? '-' : writeCell(text);
}
