/** A cell of a table holds no line break, so a text writes `\n` for one and `\t` for a tab; `\\n` is a backslash and an n. */
export const readLineBreaks = (text: string): string =>
  text.replace(/\\(\\?)([nt])/g, (_, escaped: string, letter: string) => (escaped === '' ? (letter === 'n' ? '\n' : '\t') : `\\${letter}`));

/** The text for a cell. A backslash that stands there already is left, since `\n` in it means a line break too. */
export const writeLineBreaks = (text: string): string => text.replace(/\r\n?|\n/g, '\\n').replaceAll('\t', '\\t');

/** Commands of LaTeX that begin as a line break or a tab does, and go on as no word of a new line would. */
const LATEX =
  /(?<!\\)\\(?:n(?:abla|e|eq|ewline|exists|leq|geq|mid|ot|otin|parallel|u)|t(?:an|anh|au|ext[a-z]*|frac|heta|ilde|imes|o|op|riangle))(?![A-Za-z])/;

/** `\theta` in a text in which `\t` is a tab: nobody can tell which is meant. */
export const unclearLineBreak = (text: string): string | undefined => LATEX.exec(text)?.[0];
