import { parseDuration } from '../model/duration.ts';

const DIRECTIVE = /^#SBATCH\s+--([a-z-]+)(?:=(.*))?$/;
// They name one run and ask for nothing.
const NAMES = new Set(['job-name', 'output', 'error', 'comment', 'chdir']);

/** The #SBATCH options of a script, in order; Slurm stops reading at the first command. */
export function directives(script: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of script.split('\n')) {
    if (line.trim() !== '' && !line.startsWith('#')) break;
    const match = DIRECTIVE.exec(line.trimEnd());
    if (match?.[1] !== undefined) found.set(match[1], match[2] ?? '');
  }
  return found;
}

/** Equal for scripts that ask Slurm for the same. */
export const requestKey = (script: string): string =>
  [...directives(script)]
    .filter(([name]) => !NAMES.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n');

/** GPUs x nodes x time limit: the most that the job can cost. */
export function gpuHours(script: string): number {
  const asked = directives(script);
  const gres = asked.get('gres') ?? asked.get('gpus-per-node') ?? asked.get('gpus') ?? '';
  const gpus = Number(/(?:^|:)(\d+)$/.exec(gres)?.[1] ?? 0);
  const nodes = asked.has('gpus') ? 1 : Number(asked.get('nodes') ?? 1);
  return (gpus * nodes * (parseDuration(asked.get('time') ?? '') ?? 0)) / 3600;
}

/** What names one run, in the long and the short forms of sbatch. */
const OWN = /^(?:--(?:job-name|output|error|comment|chdir)(?:[= ]|$)|-[JoeD])/;

/**
 * The #SBATCH lines that ask for something, word for word and in order; undefined for a script that cannot be a task of an
 * array: it is an array itself, or no program of bash.
 */
export function likeness(script: string): readonly string[] | undefined {
  const [shebang = '', ...lines] = script.split('\n');
  if (!/^#!\s*\/(usr\/)?bin\/bash\s*$/.test(shebang)) return undefined;
  const asked: string[] = [];
  for (const line of lines) {
    if (line.trim() !== '' && !line.startsWith('#')) break;
    const option = /^#SBATCH\s+(.*\S)/.exec(line)?.[1];
    if (option === undefined || OWN.test(option)) continue;
    if (/--array|(?:^|\s)-a/.test(option)) return undefined;
    asked.push(line.trimEnd());
  }
  return asked;
}
