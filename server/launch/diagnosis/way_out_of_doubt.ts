import type { Attempt } from '../../experiment/attempts.ts';

/** How an `uncertain` attempt is settled: what was cut off is looked up; of a job that was there and is gone only the site knows more. */
export const wayOutOfDoubt = ({ job_id, preflight_id }: Attempt): string =>
  job_id === undefined
    ? `launch_runs with preflight_id ${preflight_id} finds out without submitting twice; monitor_jobs looks again`
    : `nothing is submitted in its place: once the site confirms that job ${job_id} is gone for good, train it under a new name in the plan`;
