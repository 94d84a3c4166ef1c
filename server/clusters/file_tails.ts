import { randomBytes } from 'node:crypto';
import { pathList } from './path_list.ts';

export interface TailsQuestion {
  command: string;
  /** In the order of the paths; empty for a file that is not there or cannot be read. */
  read(stdout: string): string[];
  /** Seconds since each of them was written, in the order of the paths; undefined where `read` gives nothing. */
  quietSeconds(stdout: string): (number | undefined)[];
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
if stat -c %Y / >/dev/null 2>&1; then s=(stat -Lc %Y); else s=(stat -Lf %m); fi
date +%s
for ((k = 0; k < \${#found[@]}; k += ${AT_ONCE})); do "\${s[@]}" -- "\${found[@]:k:${AT_ONCE}}"; done
files=()
for n in "\${found[@]}"; do files+=("$b" "$n"); done
for ((k = 0; k < \${#files[@]}; k += ${AT_ONCE})); do tail -q -c ${bytes} -- "\${files[@]:k:${AT_ONCE}}"; done
true`;
  const border = `\n${word}\n`;
  return { command, read: (stdout) => readTails(stdout, border, paths), quietSeconds: (stdout) => readTimes(stdout, border, paths) };
}

/** Before the first border: the names, each with its NUL, then the time now and the times of all of them. */
function readTimes(stdout: string, border: string, paths: readonly string[]): (number | undefined)[] {
  const names = (stdout.split(border, 1)[0] ?? '').split('\0');
  const [now = 0, ...times] = (names.pop() ?? '').split('\n').flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : []));
  // A file that went meanwhile would shift the times.
  if (times.length !== names.length) return paths.map(() => undefined);
  const quiet = new Map(names.map((name, index) => [name, Math.max(0, now - (times[index] ?? now))]));
  return paths.map((path) => quiet.get(path));
}

function readTails(stdout: string, border: string, paths: readonly string[]): string[] {
  const [names = '', ...parts] = stdout.split(border);
  const tails = new Map(names.split('\0').map((name, position) => [name, parts[position] ?? '']));
  return paths.map((path) => tails.get(path) ?? '');
}
