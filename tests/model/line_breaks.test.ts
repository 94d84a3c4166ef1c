import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLineBreaks, unclearLineBreak, writeLineBreaks } from '../../server/model/line_breaks.ts';

describe('line breaks in a cell', () => {
  it('are \\n and \\t, unless a second backslash stands before them', () => {
    expect(readLineBreaks('Q: {input}\\n\\tA:')).toBe('Q: {input}\n\tA:');
    expect(readLineBreaks('\\\\theta, \\\\neq, \\boxed{x} \\\\ \\')).toBe('\\theta, \\neq, \\boxed{x} \\\\ \\');
  });

  it('read as they were before they were written, in a text without backslashes', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'n', 't', '\n', '\t', '"', ' ') });
    fc.assert(
      fc.property(text, (before) => {
        expect(readLineBreaks(writeLineBreaks(before))).toBe(before);
      }),
    );
    expect(writeLineBreaks('a\r\nb\rc')).toBe('a\\nb\\nc');
  });

  it.each([
    ['the angle \\theta', '\\theta'],
    ['if a \\neq b', '\\neq'],
    ['\\text{answer}', '\\text'],
    ['\\textbf{answer}', '\\textbf'],
    ['\\nu', '\\nu'],
    ['Q:\\nAnswer: ', undefined],
    ['\\nnot', undefined],
    ['\\ntext', undefined],
    ['\\\\theta', undefined],
    ['\\n- {input}', undefined],
  ])('of "%s" are unclear in %s', (text, unclear) => {
    expect(unclearLineBreak(text)).toBe(unclear);
  });
});
