/** The last lines as a screen would show them: a progress bar rewrites its line. */
export const lastLines = (text: string, count: number): string[] =>
  text
    .split('\n')
    .map((line) => line.slice(line.trimEnd().lastIndexOf('\r') + 1).trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
