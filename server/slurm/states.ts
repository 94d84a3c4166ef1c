import { FINAL_STATES, type JobState, LIVE_STATES } from '../model/job_state.ts';

const BASE: ReadonlySet<string> = new Set([...LIVE_STATES, ...FINAL_STATES]);

/**
 * Slurm's flags, which some commands print in the place of the state, as the base state that they go with. REVOKED is none of
 * them: another cluster of the federation has the job, and nothing is known here of its state.
 */
const FLAGS: Readonly<Record<string, JobState>> = {
  REQUEUED: 'PENDING',
  REQUEUE_FED: 'PENDING',
  REQUEUE_HOLD: 'PENDING',
  RESV_DEL_HOLD: 'PENDING',
  SPECIAL_EXIT: 'PENDING',
  POWER_UP_NODE: 'CONFIGURING',
  RESIZING: 'RUNNING',
  SIGNALING: 'RUNNING',
  UPDATE_DB: 'RUNNING',
  STOPPED: 'SUSPENDED',
  STAGE_OUT: 'COMPLETING',
  LAUNCH_FAILED: 'FAILED',
  RECONFIG_FAIL: 'FAILED',
};

/** `CANCELLED by 1001`, `COMPLETED+`, `RUNNING`: the base state, or undefined for a word that is none of Slurm's. */
export function readState(text: string): JobState | undefined {
  const word = /^[A-Z_]+/.exec(text.trim())?.[0] ?? '';
  return BASE.has(word) ? (word as JobState) : FLAGS[word];
}

const LIVE: ReadonlySet<JobState> = new Set<JobState>(['PENDING', 'RUNNING', 'SUSPENDED', 'COMPLETING', 'CONFIGURING']);

/** Will the job never run again under this id? COMPLETING is not the end: the epilog still runs. */
export const hasEnded = (state: JobState): boolean => !LIVE.has(state);
