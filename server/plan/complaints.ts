import { inPlan, type Position } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';

/** Gathers everything that is wrong with a plan, and tells it in the order of the file. */
export class Complaints {
  readonly #found: { at: Position; problem: Problem }[] = [];

  error(at: Position, what: string, fix: string): void {
    this.#add('error', at, what, fix);
  }

  warn(at: Position, what: string, fix: string): void {
    this.#add('warning', at, what, fix);
  }

  get hasErrors(): boolean {
    return this.#found.some(({ problem }) => problem.severity === 'error');
  }

  inOrder(): Problem[] {
    return this.#found.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column).map(({ problem }) => problem);
  }

  #add(severity: Problem['severity'], at: Position, what: string, fix: string): void {
    this.#found.push({ at, problem: { severity, where: inPlan(at), what, fix } });
  }
}
