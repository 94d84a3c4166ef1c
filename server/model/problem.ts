/** What is wrong, where, and how to mend it. Worded once, shown to people and to models alike. */
export interface Problem {
  severity: 'error' | 'warning';
  /** A place a person can open: `runs_plan.md:12:3`, a path, or a run's name. */
  where: string;
  what: string;
  fix: string;
}

export const problemLine = ({ where, what, fix }: Problem): string => `${where}: ${what}; ${fix}`;

/** Refused input: nothing was changed. `mcp/error_text.ts` is the one place that turns it into text. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly problems: readonly Problem[];

  constructor(summary: string, problems: readonly Problem[] = []) {
    super([summary, ...problems.map(problemLine)].join('\n'));
    this.problems = problems;
  }
}

/** Throws when any problem is an error; all of them are told at once. */
export function refuseErrors(summary: string, problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new UserError(summary, errors);
}
