import type { Problem } from '../../model/problem.ts';
import type { Again } from './again.ts';

/** What a person should know of further attempts before they launch them: once for all runs that it is true of. */
export class AgainWarnings {
  private readonly runs = new Map<string, { problem: Omit<Problem, 'where'>; runs: string[] }>();

  add(run: string, { warning, caution, starts_over }: Again): void {
    if (warning !== undefined)
      this.note(
        run,
        `the last attempt failed, and runwright changes nothing about it: ${warning}`,
        'mend it first; if that is done, go on: the same failure twice at the same step is refused',
      );
    if (caution !== undefined)
      this.note(
        run,
        caution,
        'look at the first steps with read_job_log once it runs; if they show it, cancel_runs, then preflight_runs with mode "retry"',
      );
    if (starts_over === true)
      this.note(
        run,
        'it has a whole checkpoint, and mode "retry" trains all of it again, over that checkpoint',
        'mode "resume" goes on from the checkpoint; launch this only to begin afresh',
      );
  }

  problems(): Problem[] {
    return [...this.runs.values()].map(({ problem, runs }) => ({ ...problem, where: few(runs) }));
  }

  private note(run: string, what: string, fix: string): void {
    const known = this.runs.get(what);
    if (known === undefined) this.runs.set(what, { problem: { severity: 'warning', what, fix }, runs: [run] });
    else known.runs.push(run);
  }
}

const few = (runs: readonly string[]): string => runs.slice(0, 3).join(', ') + (runs.length > 3 ? ` and ${runs.length - 3} more` : '');
