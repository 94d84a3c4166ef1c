import { encode } from 'gpt-tokenizer/encoding/o200k_base';

/** Tokens of a text, or of a value as JSON. The encoding is a public one: a model's own differs by some per cent. */
export const tokens = (value: unknown): number => encode(typeof value === 'string' ? value : JSON.stringify(value)).length;
