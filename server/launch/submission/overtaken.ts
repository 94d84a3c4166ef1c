import { WAITING } from '../../experiment/attempts.ts';
import { UserError } from '../../model/problem.ts';
import { journalOf } from '../experiment.ts';
import { nextAttempt } from '../tried.ts';
import type { LaunchItem } from './launch_items.ts';

/**
 * Asked right before intents are written. The experiment's lock can be lost to another server: a laptop that slept, or the clock of
 * another machine, makes it look left behind. What that one has launched since is not announced a second time.
 */
export function refuseOvertaken(dir: string, items: readonly LaunchItem[]): void {
  const { attempts } = journalOf(dir);
  const overtaken = items.filter(({ run, attempt, token, open }) => {
    if (open) return false;
    const known = attempts.get(run);
    const own = known?.find((one) => one.token === token);
    return own === undefined ? nextAttempt(known) !== attempt : own.state !== WAITING;
  });
  if (overtaken.length === 0) return;
  const names = overtaken.map(({ run }) => run);
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? `, and ${names.length - 5} more` : '');
  throw new UserError(`another runwright has launched these runs meanwhile: ${shown}; nothing more was submitted; call again`);
}
