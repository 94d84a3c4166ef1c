import { ConnectionError } from '../clusters/connection.ts';
import { UserError } from '../model/problem.ts';
import { visibleText } from '../model/untrusted.ts';

/** The one boundary where errors become text. */
export function errorText(what: string, error: unknown, signal: AbortSignal): string {
  if (error instanceof UserError || error instanceof ConnectionError) return visibleText(error.message);
  // Nobody listens to this answer any more, and nothing went wrong.
  if (signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError')))
    return `${what} was cancelled`;
  const unforeseen = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`runwright: ${what}: ${unforeseen.stack ?? unforeseen.message}\n`);
  return `${what} failed in a way that runwright did not foresee: ${visibleText(unforeseen.message)}; what was done so far stands in the experiment's folder; call experiment_status to see it`;
}
