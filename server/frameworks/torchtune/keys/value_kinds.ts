import type { YamlValue } from '../config/yaml_value.ts';

/** What a key may hold. `range` is told to people word for word. */
export interface ValueKind {
  range: string;
  fits(value: YamlValue): boolean;
}

interface Limits {
  from?: number;
  above?: number;
  to?: number;
  below?: number;
}

const inside = (value: number, { from = -Infinity, above = -Infinity, to = Infinity, below = Infinity }: Limits): boolean =>
  Number.isFinite(value) && value >= from && (above === -Infinity || value > above) && value <= to && value < below;

const limitWords = ({ from, above, to, below }: Limits): string =>
  [
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(to === undefined ? [] : [`to ${to}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ].join(' ') || 'of any size';

export const flag: ValueKind = { range: 'true or false, without quotes', fits: (value) => typeof value === 'boolean' };

export const integer = (from: number, to?: number): ValueKind => ({
  range: `a whole number from ${from}${to === undefined ? ' up' : ` to ${to}`}`,
  fits: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= from && (to === undefined || value <= to),
});

export const decimal = (limits: Limits = {}): ValueKind => ({
  range: `a number ${limitWords(limits)}`,
  fits: (value) => typeof value === 'number' && inside(value, limits),
});

export const text: ValueKind = { range: 'a text', fits: (value) => typeof value === 'string' && value !== '' };

export const shaped = (range: string, shape: RegExp): ValueKind => ({
  range,
  fits: (value) => typeof value === 'string' && shape.test(value),
});

export const oneOf = (...words: (string | number)[]): ValueKind => ({
  range: `one of ${words.join(', ')}`,
  fits: (value) => (typeof value === 'string' || typeof value === 'number') && words.includes(value),
});

/** As a plan and a file write it: `[a, b]`. */
export const listOf = (what: string, item: ValueKind, length?: number): ValueKind => ({
  range: `a list of ${what} such as ${length === 2 ? '[a, b]' : '[a, b, c]'}`,
  fits: (value) =>
    Array.isArray(value) && (length === undefined ? value.length > 0 : value.length === length) && value.every((one) => item.fits(one)),
});

export const either = (...kinds: ValueKind[]): ValueKind => ({
  range: kinds.map(({ range }) => range).join(', or '),
  fits: (value) => kinds.some((kind) => kind.fits(value)),
});

export const orNull = (kind: ValueKind): ValueKind => ({
  range: `${kind.range}, or null`,
  fits: (value) => value === null || kind.fits(value),
});

export const anyInteger: ValueKind = { range: 'a whole number', fits: Number.isSafeInteger };
export const count = integer(1);
export const countOrNone = integer(0);
export const textOrNull = orNull(text);
export const dotted = shaped(
  'the dotted name of a component, such as torchtune.data.QuestionAnswerTemplate',
  /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/,
);
