import type { Problem } from '../model/problem.ts';

/** What is wrong with many runs alike is told once: at the first place, with how many more and which. */
export function mergedProblems(problems: readonly { problem: Problem; run: string }[]): Problem[] {
  const alike = new Map<string, { problem: Problem; wheres: Set<string>; runs: Set<string> }>();
  for (const { problem, run } of problems) {
    const key = JSON.stringify([problem.severity, problem.what, problem.fix]);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { problem, wheres: new Set([problem.where]), runs: new Set([run]) });
    else {
      known.wheres.add(problem.where);
      known.runs.add(run);
    }
  }
  return [...alike.values()].map(({ problem, wheres, runs }) => {
    if (wheres.size === 1) return problem;
    const [, ...others] = runs;
    const names = others.slice(0, 3).join(', ') + (others.length > 3 ? ', ...' : '');
    return { ...problem, what: `${problem.what} (so it is with ${others.length} more: ${names})` };
  });
}
