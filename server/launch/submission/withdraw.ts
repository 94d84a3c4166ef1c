import { WAITING } from '../../experiment/attempts.ts';
import { appendJournal } from '../../experiment/journal.ts';
import { withExperimentLock } from '../../experiment/lock.ts';
import type { Context } from '../context.ts';
import { journalOf } from '../experiment.ts';

/** Takes attempts that wait for room out of the queue; those that another server has submitted meanwhile are left alone. By token. */
export async function withdraw(dir: string, tokens: readonly string[], context: Context): Promise<ReadonlySet<string>> {
  if (tokens.length === 0) return new Set();
  return withExperimentLock(dir, async () => {
    const all = [...journalOf(dir).attempts.values()].flat();
    const waiting = new Set(all.filter(({ state }) => state === WAITING).map(({ token }) => token));
    const taken = tokens.filter((token) => waiting.has(token));
    const t = context.now().toISOString();
    appendJournal(
      dir,
      taken.map((token) => ({ t, kind: 'seen', token, state: 'CANCELLED', reason: 'withdrawn before it was submitted' })),
    );
    return new Set(taken);
  });
}
