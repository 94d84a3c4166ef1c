import { formatDuration, parseDuration } from '../../model/duration.ts';
import type { Change, Progress } from '../../model/framework.ts';

export interface TimedOut {
  /** The time limit that was reached. */
  limit: string;
  progress: Progress;
  /** It had gone on from a checkpoint: then its steps are not all its own. */
  resumed: boolean;
  /** Steps that the next attempt has behind it when it starts; undefined when nobody can tell. */
  steps_behind: number | undefined;
}

const SPARE = 1.2;

/** The time limit that the next attempt needs, by the rate of the one that was stopped; undefined when the same will do. */
export function moreTime({ limit, progress, resumed, steps_behind }: TimedOut): Change | undefined {
  const seconds = parseDuration(limit);
  if (seconds === undefined) return undefined;
  const { step = 0, steps_total, seconds_per_step } = progress;
  const rate = resumed || step === 0 ? seconds_per_step : seconds / step;
  const change = (to: number, why: string): Change => ({ setting: 'time', from: limit, to: formatDuration(roundUp(to)), why });
  if (rate === undefined || steps_total === undefined || steps_behind === undefined)
    return change(seconds * 2, `${limit} was not enough, and the log does not tell how much is: twice as much`);
  const left = Math.max(1, steps_total - steps_behind);
  const needed = left * rate * SPARE;
  const steps = steps_behind === 0 ? `${steps_total} steps` : `the ${left} steps that are left`;
  const about = `at ${Number(rate.toPrecision(2))} s a step, ${steps} take about ${formatDuration(left * rate)}; a fifth to spare`;
  if (steps_behind > 0 && needed <= seconds) return undefined;
  // It did reach the limit: whatever the rate says, a little more is the least.
  return change(Math.max(needed, steps_behind > 0 ? 0 : seconds * 1.25), about);
}

/** People read quarters of an hour; short limits stay short. */
function roundUp(seconds: number): number {
  const unit = seconds > 3600 ? 900 : seconds > 120 ? 60 : 1;
  return Math.ceil(seconds / unit) * unit;
}
