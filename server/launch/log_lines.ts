import { type Connection, ConnectionError } from '../clusters/connection.ts';
import { shellQuote } from '../model/shell_quote.ts';

export interface LogLines {
  text: string;
  /** Bytes of the whole file when it was read. */
  size: number;
  /** `since` lies behind the file's end: it was written anew meanwhile. */
  begun_anew: boolean;
}

const CHARACTERS = 12_000;

/** The last lines of a file on the cluster, of those after `since` bytes when it is given; undefined when it is not there. */
export async function readLog(
  connection: Connection,
  path: string,
  { lines, match, since = 0 }: { lines: number; match?: string | undefined; since?: number | undefined },
  signal: AbortSignal,
): Promise<LogLines | undefined> {
  // What is read is cut at the length that is told, so that the next look begins just behind it.
  const filter = match === undefined ? '' : ` | grep -F -e ${shellQuote(match)}`;
  // Progress bars rewrite their line with carriage returns: only what would be left on a screen is kept.
  const command = `f=${shellQuote(path)}
[ -r "$f" ] || exit 9
size=$(wc -c < "$f") && size=$((size)) from=${since}
[ $from -le $size ] || from=0
printf 'runwright %s %s\\n' $size $from
tail -c +$((from + 1)) -- "$f" | head -c $((size - from)) | sed 's/.*\\r\\([^\\r]\\)/\\1/'${filter} | tail -n ${lines} | tail -c ${CHARACTERS}`;
  const result = await connection.run(command, { timeoutMs: 60_000, signal });
  if (result.code === 9) return undefined;
  // What a login shell prints stands before it.
  const head = /(?:^|\n)runwright (\d+) (\d+)\n/.exec(result.stdout);
  if (head === null) throw new ConnectionError(`${connection.where}: the answer was cut short; ask again`);
  return {
    text: result.stdout.slice(head.index + head[0].length),
    size: Number(head[1]),
    begun_anew: since > 0 && Number(head[2]) === 0,
  };
}
