import type { Connection } from '../clusters/connection.ts';
import { frame } from '../clusters/frame.ts';
import { shellQuote } from '../model/shell_quote.ts';

/** What a person who knows only the host would look for by hand. */
export interface SiteSearch {
  home?: string;
  /** Folders of the person's that can be written, the likeliest for experiments first, with the GiB free there. */
  folders: readonly { path: string; free_gib?: number }[];
  /** Where the training command was found outside of PATH. */
  commands: readonly string[];
  /** Modules of the site that may bring it. */
  modules: readonly string[];
}

const SEARCH = `for d in "$SCRATCH" "/scratch/gpfs/$USER" "/scratch/$USER" "/gpfs/scratch/$USER" "/lustre/scratch/$USER" "$WORK" "/work/$USER" "$HOME"; do
  [ -n "$d" ] && [ -d "$d" ] && [ -w "$d" ] || continue
  case " $seen " in *" $d "*) continue ;; esac
  seen="$seen $d"
  printf 'folder %s %s\\n' "$(df -Pk -- "$d" 2>/dev/null | awk 'NR == 2 { print $4 }')" "$d"
  for t in "$d"/*/bin/"$command" "$d"/.conda/envs/*/bin/"$command" "$d"/.venvs/*/bin/"$command" "$d"/*/envs/*/bin/"$command"; do
    [ -x "$t" ] && printf 'command %s\\n' "$t"
  done
done
printf 'home %s\\n' "$HOME"
bash -lc 'module -t avail' </dev/null 2>&1 | grep -Eio '^[a-z0-9._/+-]*(conda|miniforge|mamba|torchtune|pytorch)[a-z0-9._/+-]*$' | head -n 10 | sed 's/^/module /'
:`;

/** One command; a site without modules or scratch folders simply has none. */
export async function searchSite(connection: Connection, command: string, signal?: AbortSignal): Promise<SiteSearch> {
  const asked = frame([{ name: 'search', command: `command=${shellQuote(command)} seen=; ${SEARCH}` }]);
  const answer = asked.read(await connection.run(asked.command, { timeoutMs: 60_000, ...(signal === undefined ? {} : { signal }) }));
  return readSearch(answer.get('search')?.stdout ?? '');
}

export function readSearch(stdout: string): SiteSearch {
  const lines = stdout.split('\n').flatMap((line) => {
    const [, word, rest] = /^(folder|command|home|module) (.+)$/.exec(line) ?? [];
    return word === undefined || rest === undefined ? [] : [{ word, rest }];
  });
  const all = (word: string): string[] => lines.filter((line) => line.word === word).map(({ rest }) => rest);
  const home = all('home')[0];
  return {
    ...(home === undefined ? {} : { home }),
    folders: all('folder').flatMap((text) => {
      const [, free, path] = /^(\d*) ?(\/.*)$/.exec(text) ?? [];
      if (path === undefined) return [];
      return [{ path, ...(free === undefined || free === '' ? {} : { free_gib: Math.floor(Number(free) / 2 ** 20) }) }];
    }),
    commands: all('command'),
    modules: all('module'),
  };
}
