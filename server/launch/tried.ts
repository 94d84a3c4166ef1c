import type { Attempt } from '../experiment/attempts.ts';

/** Why a run that was launched is not launched again while the queue has no room for it. */
export const WAITS = 'launched: waits for room in the queue';

export const nextAttempt = (attempts: readonly Attempt[] | undefined): number => (attempts?.at(-1)?.attempt ?? 0) + 1;

/** The attempts that became jobs, or may have: what the scheduler refused has never started. */
export const tried = (attempts: readonly Attempt[] | undefined): readonly Attempt[] =>
  (attempts ?? []).filter(({ state }) => state !== 'refused');
