import type { Connection } from '../../clusters/connection.ts';
import { shellQuote } from '../../model/shell_quote.ts';

/** The paths that do not exist on the cluster, asked in one command. */
export async function missingPaths(connection: Connection, paths: readonly string[], signal: AbortSignal): Promise<Set<string>> {
  if (paths.length === 0) return new Set();
  const list = `${paths.join('\0')}\0`;
  const command = `n=0; while IFS= read -r -d '' p; do [ -e "$p" ] || printf '%s\\0' "$n"; n=$((n+1)); done; printf 'end'`;
  const result = await connection.run(command, { input: Buffer.from(list), timeoutMs: 60_000, signal });
  const answer = result.stdout.slice(result.stdout.lastIndexOf('\n') + 1);
  if (!answer.endsWith('end')) throw new Error(`the look at the cluster's folders was cut off: ${result.stderr.trim()}`);
  return new Set(
    answer
      .slice(0, -'end'.length)
      .split('\0')
      .filter((index) => index !== '')
      .map((index) => paths[Number(index)] ?? ''),
  );
}

/** Whether `tune`, or whatever starts the training, is found once the profile's setup lines have run. */
export async function commandMissing(
  connection: Connection,
  setup: readonly string[],
  program: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const script = [
    'set +u',
    ...setup,
    `command -v ${shellQuote(program)} >/dev/null || { echo "${program} is not on the PATH" >&2; exit 127; }`,
  ].join('\n');
  const result = await connection.run(script, { timeoutMs: 120_000, signal });
  return result.code === 0 ? undefined : result.stderr.trim().split('\n').slice(-3).join('\n') || `exit code ${result.code}`;
}
