import type { Next } from '../launch/context.ts';
import type { Problem } from '../model/problem.ts';

/** What every tool answers: one sentence, what to do now, and what needs attention. */
export interface Answer {
  summary: string;
  next: Next;
  problems?: Problem[];
}

const SHOWN = 20;

/** At most twenty of a long list, and how many more: an answer stays small at 10,000 runs. */
export function shortList(items: readonly string[]): string[] {
  return items.length <= SHOWN ? [...items] : [...items.slice(0, SHOWN), `... and ${items.length - SHOWN} more`];
}

const FEW = 5;

/** A few of what went as expected: `counts` tells how many, and the plan their names. What needs attention has a longer list. */
export function fewNames(items: readonly string[]): string[] {
  return items.length <= FEW + 1 ? [...items] : [...items.slice(0, FEW), `... and ${items.length - FEW} more`];
}

/** `{ problems }` only when there are any, errors first, at most twenty with a word on the rest. */
export function withProblems(problems: readonly Problem[]): { problems?: Problem[] } {
  if (problems.length === 0) return {};
  const ordered = [...problems].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  const shown = ordered.slice(0, SHOWN);
  if (ordered.length > SHOWN) {
    shown.push({
      severity: 'warning',
      where: 'problems',
      what: `${ordered.length - SHOWN} more are not shown`,
      fix: 'mend these and call again, or choose fewer runs with "runs"',
    });
  }
  return { problems: shown };
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
