import { shellQuote } from '../model/shell_quote.ts';
import { sbatchPath, sbatchValue } from './sbatch_value.ts';

/** What a further attempt's script has otherwise than the plan's. */
export interface ScriptChanges {
  /** Absolute on the cluster. */
  config_path: string;
  config_digest: string;
  output_path: string;
  /** Told in the script's comment, a line each. */
  notes: readonly string[];
  time?: string | undefined;
  mem?: string | undefined;
  exclude?: string | undefined;
}

/** The last line of a file that a stage wrote: of an edited text it would no longer be true. */
const SIGNATURE = /^# runwright wrote this file;.*\n?$/m;

/** A word as shellQuote writes it, on one line. */
const ONE_WORD = /^(?:[A-Za-z0-9_./:=@%+,-]+|'(?:[^']|'\\'')*')$/;

/**
 * The plan's script with these lines changed and every other line, a person's edits included, as it was; undefined when it
 * lacks the lines that name its config, as a script written by hand can.
 */
export function remadeScript(script: string, changes: ScriptChanges): string | undefined {
  const lines = script.replace(SIGNATURE, '').split('\n');
  const config = lines.findIndex((line) => line.startsWith('CONFIG='));
  const digest = lines.findIndex((line) => line.startsWith('CONFIG_SHA256='));
  const train = lines.findIndex((line) => line.startsWith('TRAIN=('));
  const old = lines[config]?.slice('CONFIG='.length) ?? '';
  const command = lines[train] ?? '';
  if (config < 0 || digest < 0 || !ONE_WORD.test(old) || !command.includes(old)) return undefined;
  const quoted = shellQuote(changes.config_path);
  lines[config] = `CONFIG=${quoted}`;
  lines[digest] = `CONFIG_SHA256=${shellQuote(changes.config_digest)}`;
  lines[train] = command.split(old).join(quoted);

  for (const option of ['time', 'mem', 'exclude'] as const) {
    const value = changes[option];
    if (value !== undefined) setOption(lines, option, sbatchValue(option, value));
  }
  const slash = changes.output_path.lastIndexOf('/');
  const output = sbatchPath(changes.output_path.slice(0, slash), changes.output_path.slice(slash + 1));
  if (output !== undefined) setOption(lines, 'output', output);
  lines.splice(firstOption(lines), 0, ...changes.notes.map((note) => `# ${note.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?')}`));
  return lines.join('\n');
}

const isOption = (line: string, option: string): boolean => line.startsWith(`#SBATCH --${option}=`);

/** Where Slurm stops reading options. */
const headerEnd = (lines: readonly string[]): number => lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));

const firstOption = (lines: readonly string[]): number => {
  const index = lines.findIndex((line) => line.startsWith('#SBATCH'));
  return index < 0 ? 1 : index;
};

/** Of several such lines Slurm takes the last. */
function setOption(lines: string[], option: string, value: string): void {
  const end = headerEnd(lines);
  const header = end < 0 ? lines : lines.slice(0, end);
  const at = header.findLastIndex((line) => isOption(line, option));
  const line = `#SBATCH --${option}=${value}`;
  if (at >= 0) lines[at] = line;
  else lines.splice(header.findLastIndex((one) => one.startsWith('#SBATCH')) + 1 || 1, 0, line);
}
