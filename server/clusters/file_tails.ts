import { randomBytes } from 'node:crypto';
import { shellWords } from '../model/shell_quote.ts';

export interface TailsQuestion {
  command: string;
  /** In the order of the paths; empty for a file that is not there or cannot be read. */
  read(stdout: string): string[];
}

/**
 * The last `bytes` of each file, from one `tail`. A file with a random word stands between each two of them: what a job prints
 * cannot look like a border, as it could with the headers of tail itself.
 */
export function fileTails(paths: readonly string[], bytes: number): TailsQuestion {
  const word = randomBytes(12).toString('hex');
  const command = `b=$(mktemp) || exit 1
trap 'rm -f "$b"' EXIT
printf '\\n%s\\n' ${word} > "$b"
i=0 files=()
for f in ${shellWords(paths)}; do
  if [[ -s $f && -r $f && -f $f ]]; then files+=("$b" "$f"); printf '%s ' "$i"; fi
  i=$((i + 1))
done
for ((k = 0; k < \${#files[@]}; k += 2000)); do tail -q -c ${bytes} -- "\${files[@]:k:2000}"; done
true`;
  return { command, read: (stdout) => readTails(stdout, `\n${word}\n`, paths.length) };
}

function readTails(stdout: string, border: string, count: number): string[] {
  const [indexes = '', ...parts] = stdout.split(border);
  const tails = Array.from({ length: count }, () => '');
  for (const [position, index] of indexes.trim().split(' ').entries()) if (index !== '') tails[Number(index)] = parts[position] ?? '';
  return tails;
}
