import { randomBytes } from 'node:crypto';
import { pathList } from './path_list.ts';

export interface TailsQuestion {
  command: string;
  /** In the order of the paths; empty for a file that is not there or cannot be read. */
  read(stdout: string): string[];
}

/** Files at once: a command's arguments have a limit. */
const AT_ONCE = 4000;

/**
 * The last `bytes` of each file. One grep finds those that have anything in them and are no pipes, one tail reads them, whatever
 * their number. A file with a random word stands between each two of them: what a job prints cannot look like a border, as it
 * could with the headers of tail itself.
 */
export function fileTails(paths: readonly string[], bytes: number): TailsQuestion {
  const word = randomBytes(12).toString('hex');
  const command = `${pathList(paths)}
found=()
for ((k = 0; k < \${#f[@]}; k += ${AT_ONCE})); do
  while IFS= read -r -d '' n; do found+=("$n"); done < <(grep -slZ -D skip -d skip '' -- "\${f[@]:k:${AT_ONCE}}")
done
if ((\${#found[@]} == 0)); then exit 0; fi
b=$(mktemp) || exit 1
trap 'rm -f "$b"' EXIT
printf '\\n%s\\n' ${word} > "$b"
printf '%s\\0' "\${found[@]}"
files=()
for n in "\${found[@]}"; do files+=("$b" "$n"); done
for ((k = 0; k < \${#files[@]}; k += ${AT_ONCE})); do tail -q -c ${bytes} -- "\${files[@]:k:${AT_ONCE}}"; done
true`;
  return { command, read: (stdout) => readTails(stdout, `\n${word}\n`, paths) };
}

function readTails(stdout: string, border: string, paths: readonly string[]): string[] {
  const [names = '', ...parts] = stdout.split(border);
  const tails = new Map(names.split('\0').map((name, position) => [name, parts[position] ?? '']));
  return paths.map((path) => tails.get(path) ?? '');
}
