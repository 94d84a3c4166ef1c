/** The one place where a value becomes a word of a POSIX shell: inside single quotes nothing is special but the quote itself. */
export function shellQuote(value: string): string {
  if (value.includes('\0')) throw new Error('a NUL byte cannot be part of a shell word');
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

export const shellWords = (words: readonly string[]): string => words.map(shellQuote).join(' ');
