import type { JobState } from '../model/job_state.ts';

/** How the script ended, as its runner saw it. */
export interface ScriptExit {
  code: number;
  /** 0 unless a signal ended it. */
  signal: number;
}

/** Why the supervisor ended a job. */
export type StopCause = 'cancel' | 'timeout';

export interface JobOutcome {
  state: JobState;
  exit_code: string;
}

/** Slurm's words. A job that was told to stop is CANCELLED or TIMEOUT however its script took it, with 0:0 as sacct shows. */
export function outcomeOf(exit: ScriptExit, stopped?: StopCause): JobOutcome {
  if (stopped === 'cancel') return { state: 'CANCELLED', exit_code: '0:0' };
  if (stopped === 'timeout') return { state: 'TIMEOUT', exit_code: '0:0' };
  const state = exit.code === 0 && exit.signal === 0 ? 'COMPLETED' : 'FAILED';
  return { state, exit_code: `${exit.code}:${exit.signal}` };
}

/** The runner is gone and left no word: killed, or the machine went down with it. */
export function outcomeOfLost(sameBoot: boolean, stopped?: StopCause): JobOutcome {
  if (stopped !== undefined) return outcomeOf({ code: 0, signal: 9 }, stopped);
  return sameBoot ? { state: 'FAILED', exit_code: '0:9' } : { state: 'NODE_FAIL', exit_code: '0:0' };
}
