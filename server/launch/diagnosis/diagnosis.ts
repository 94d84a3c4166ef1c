import type { Attempt } from '../../experiment/attempts.ts';
import type { FailureCause, Framework } from '../../model/framework.ts';
import { causeInLog } from './cause_in_log.ts';
import { causeOfState } from './cause_of_state.ts';
import type { RunEvidence } from './run_evidence.ts';
import { standstill } from './standstill.ts';

/** Whose word it is decides: Slurm's state, then the job script's own, then what the framework reads in the log. */
export type Cause =
  | FailureCause
  | 'time_limit'
  | 'preempted'
  | 'node_failed'
  | 'deadline'
  | 'cancelled'
  | 'held'
  | 'refused'
  | 'uncertain'
  | 'killed'
  | 'no_gpu'
  | 'setup'
  | 'program'
  | 'job_script'
  | 'stalled'
  | 'unknown';

export interface Found {
  cause: Cause;
  /** What happened, in one sentence without its end. */
  what: string;
  /** Lines of the log, a few: data from outside. */
  evidence: readonly string[];
  mend: string;
  /** True when it may be launched again once `mend` is done; false when it would end the same way, or nobody can tell. */
  safe_to_retry: boolean;
}

export interface RunDiagnosis extends Found {
  /** The step at which the attempt ended, when its output tells. */
  step?: number;
}

/** What the framework's causes are called. */
export const WHAT: Readonly<Record<FailureCause, string>> = {
  cuda_oom: 'the GPU ran out of memory',
  host_oom: 'the host ran out of memory',
  missing_module: 'a Python package is missing',
  missing_file: 'a file is missing',
  disk_full: 'the disk or the quota is full',
  nan_loss: 'the loss is NaN or infinite',
  trained_nothing: 'it ended without a training step: it has trained nothing',
  config: 'the framework refused the config',
  script: 'the training ended with an error',
};

const LINE = 240;

/** Why an attempt failed, was stopped, stands still or trained nothing; undefined when nothing is wrong with it. */
export function diagnose(attempt: Attempt, framework: Framework, evidence: RunEvidence): RunDiagnosis | undefined {
  const found = causeOf(attempt, framework, evidence);
  if (found === undefined) return undefined;
  const { step } = framework.readProgress('', evidence.output);
  const lines = found.evidence.map((line) => (line.length > LINE ? `${line.slice(0, LINE)}...` : line));
  return { ...found, evidence: lines, ...(step === undefined ? {} : { step }) };
}

function causeOf(attempt: Attempt, framework: Framework, evidence: RunEvidence): Found | undefined {
  const { state } = attempt;
  if (state === 'refused' || state === 'uncertain' || state === 'PENDING') return causeOfState(attempt, evidence);
  const told = framework.diagnose(evidence.output, evidence.metrics);
  // Whatever ended it: to go on from such weights, or to do it all again, would be in vain.
  if (told?.cause === 'nan_loss' || (told?.cause === 'trained_nothing' && state === 'COMPLETED'))
    return { ...told, what: WHAT[told.cause] };
  if (state === 'RUNNING') return standstill(framework.readProgress(evidence.metrics, evidence.output), evidence);
  if (state !== 'FAILED') return causeOfState(attempt, evidence);
  return causeInLog(attempt, evidence.output, told === undefined ? undefined : { ...told, what: WHAT[told.cause] });
}
