/** One option of a `#SBATCH` line, by its long name. */
export interface BatchOption {
  option: string;
  value: string;
}

const SHORT: Readonly<Record<string, string>> = {
  a: 'array',
  c: 'cpus-per-task',
  G: 'gpus',
  N: 'nodes',
  n: 'ntasks',
  t: 'time',
};

/** Slurm reads `#SBATCH` lines up to the first line that is neither empty nor a comment. */
function headerLines(script: string): string[] {
  const lines: string[] = [];
  for (const line of script.split(/\r?\n/)) {
    const match = /^#SBATCH\s+(.*)$/.exec(line);
    if (match?.[1] !== undefined) lines.push(match[1]);
    else if (!/^\s*(#.*)?$/.test(line)) break;
  }
  return lines;
}

/** Words as Slurm splits them: quotes hold words together, a `#` after white space begins a comment, nothing is expanded. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return (comment === -1 ? words : words.slice(0, comment)).map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

export function batchOptions(script: string): BatchOption[] {
  const options: BatchOption[] = [];
  for (const line of headerLines(script)) {
    const words = wordsOf(line);
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? '';
      const long = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(word);
      const short = /^-([A-Za-z])(.*)$/s.exec(word);
      const option = long?.[1] ?? SHORT[short?.[1] ?? ''];
      if (option === undefined) continue;
      const attached = long === null ? short?.[2] || undefined : long[2];
      const following = words[index + 1];
      const value = attached ?? (following?.startsWith('-') ? '' : (following ?? ''));
      options.push({ option, value });
    }
  }
  return options;
}
