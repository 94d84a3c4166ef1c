import type { Progress } from '../../model/framework.ts';
import type { Found } from './diagnosis.ts';
import { lastLines } from './last_lines.ts';
import type { RunEvidence } from './run_evidence.ts';

const TEN_MINUTES = 600;
const HALF_AN_HOUR = 1800;
const STEPS = 30;

type Written = Pick<RunEvidence, 'quiet_seconds' | 'output'>;

/** A running job that writes nothing, against its own rate: for thirty of its steps and ten minutes; half an hour before the first. */
export function standstill({ step, seconds_per_step }: Progress, { quiet_seconds, output }: Written): Found | undefined {
  const patience = step === undefined ? HALF_AN_HOUR : Math.max(TEN_MINUTES, STEPS * (seconds_per_step ?? 0));
  if (quiet_seconds === undefined || quiet_seconds < patience) return undefined;
  const at = step === undefined ? 'before its first step' : `at step ${step}`;
  const rate = seconds_per_step === undefined ? '' : `; a step took ${Number(seconds_per_step.toPrecision(2))} s`;
  return {
    cause: 'stalled',
    what: `it stands still ${at}: nothing was written for ${Math.floor(quiet_seconds / 60)} minutes${rate}`,
    evidence: lastLines(output, 3),
    mend: 'read its log; if it does not move again, cancel it (cancel_runs), then mode "resume"',
    safe_to_retry: true,
  };
}
