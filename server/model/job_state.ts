/** Slurm's base states, whatever the scheduler. Source: squeue(1), JOB STATE CODES. */
export const LIVE_STATES = ['PENDING', 'RUNNING', 'SUSPENDED', 'COMPLETING', 'CONFIGURING'] as const;

/** States that nothing but a new attempt changes. */
export const FINAL_STATES = [
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMEOUT',
  'OUT_OF_MEMORY',
  'NODE_FAIL',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
] as const;

export type JobState = (typeof LIVE_STATES)[number] | (typeof FINAL_STATES)[number];
