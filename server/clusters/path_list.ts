import { shellQuote, shellWords } from '../model/shell_quote.ts';

/**
 * Shell lines that make the array `f` of these paths. What all of them begin with is sent once: of a thousand paths the rest is
 * short, and the text's length is what a long list costs.
 */
export function pathList(paths: readonly string[]): string {
  const common = commonFolder(paths);
  return `p=${shellQuote(common)}
f=(${shellWords(paths.map((path) => path.slice(common.length)))})
f=("\${f[@]/#/"$p"}")`;
}

/** The part which all paths share, up to a slash. */
function commonFolder(paths: readonly string[]): string {
  let common = paths[0] ?? '';
  for (const path of paths) while (!path.startsWith(common)) common = common.slice(0, -1);
  return common.slice(0, common.lastIndexOf('/') + 1);
}
