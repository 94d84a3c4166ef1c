import { didYouMean } from './nearest.ts';
import { UserError } from './problem.ts';

/** The runs that names or globs (`*`, `?`) choose, in the plan's order. Patterns that choose none are errors, told all at once. */
export function chooseRuns<R extends { name: string }>(runs: readonly R[], patterns: readonly string[] | undefined): readonly R[] {
  if (patterns === undefined || patterns.length === 0) return runs;
  const names = new Set(runs.map((run) => run.name));
  const chosen = new Set<string>();
  const faults: string[] = [];
  for (const pattern of patterns) {
    if (names.has(pattern)) {
      chosen.add(pattern);
      continue;
    }
    const matches = runs.filter((run) => globMatches(pattern, run.name));
    if (matches.length === 0)
      faults.push(`no run ${isGlob(pattern) ? 'matches' : 'is named'} "${pattern}"; ${didYouMean(pattern, [...names])}`);
    for (const run of matches) chosen.add(run.name);
  }
  if (faults.length > 0) throw new UserError(`${faults.join('\n')} (nothing was changed)`);
  return runs.filter((run) => chosen.has(run.name));
}

export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);

function globMatches(pattern: string, name: string): boolean {
  const body = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${body}$`).test(name);
}
