import { WAITING } from '../experiment/attempts.ts';
import type { Experiment } from '../launch/experiment.ts';
import { pendingReason } from '../slurm/pending_reasons.ts';
import { plural } from './answer.ts';

export interface PendingGroup {
  reason: string;
  jobs: number;
  means: string;
  mend: string;
  /** It will not start by itself. */
  stuck?: true;
  /** The first of them to start, as Slurm expects it now. */
  expected_start?: string;
}

const SHOWN = 8;

/** Jobs that wait, by Slurm's reason, most first; none of a reason that Slurm has not told yet. */
export function pendingGroups({ attempts }: Experiment, starts: ReadonlyMap<string, string>): PendingGroup[] {
  const groups = new Map<string, string[]>();
  for (const [run, list] of attempts) {
    const { state, reason } = list.at(-1) ?? {};
    if (state === 'PENDING' && reason !== undefined) groups.set(reason, [...(groups.get(reason) ?? []), run]);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, SHOWN)
    .map(([reason, runs]) => {
      const known = pendingReason(reason);
      const start = runs.flatMap((run) => starts.get(run) ?? []).sort()[0];
      return {
        reason,
        jobs: runs.length,
        means: known?.means ?? "Slurm's own words; `squeue(1)` explains them",
        mend: known?.mend ?? 'ask the site when it lasts',
        ...(known?.stuck === true ? { stuck: true as const } : {}),
        // Of a job that is held Slurm still tells a start, which will not come.
        ...(start === undefined || known?.stuck === true ? {} : { expected_start: start }),
      };
    });
}

/** Launched and not submitted yet, with the limit that has no room. */
export function waitingForRoom({ attempts }: Experiment): { runs: number; why: string } | undefined {
  const waiting = [...attempts.values()].flatMap((list) => (list.at(-1)?.state === WAITING ? [list.at(-1)?.message ?? ''] : []));
  return waiting[0] === undefined ? undefined : { runs: waiting.length, why: waiting[0].replace(/^waits for room: /, '') };
}

export const waitWords = (waiting: { runs: number; why: string }): string =>
  `${plural(waiting.runs, 'run')} ${waiting.runs === 1 ? 'waits' : 'wait'} for room (${waiting.why})`;
