import type { Attempt } from '../../experiment/attempts.ts';
import type { Found } from './diagnosis.ts';
import type { RunEvidence } from './run_evidence.ts';
import { wayOutOfDoubt } from './way_out_of_doubt.ts';

const AGAIN = 'nothing to mend: mode "resume" goes on from its last checkpoint, mode "retry" starts it afresh';

export const MORE_MEMORY = 'nothing to mend: both modes ask for twice the mem; or set mem in runs_plan.md';

/** What Slurm's own state means; FAILED needs a look at the log. */
const BY_STATE: Readonly<Record<string, Pick<Found, 'cause' | 'what' | 'mend'>>> = {
  TIMEOUT: {
    cause: 'time_limit',
    what: 'the time limit was reached',
    mend: 'nothing to mend: mode "resume" goes on from its last checkpoint, mode "retry" starts it afresh with more time',
  },
  OUT_OF_MEMORY: { cause: 'host_oom', what: 'the job used more host memory than it asked for', mend: MORE_MEMORY },
  PREEMPTED: { cause: 'preempted', what: 'a job of higher priority took its place', mend: AGAIN },
  NODE_FAIL: { cause: 'node_failed', what: 'its node failed', mend: `${AGAIN}; both leave that node out` },
  BOOT_FAIL: { cause: 'node_failed', what: 'its node did not start', mend: `${AGAIN}; both leave that node out` },
  DEADLINE: {
    cause: 'deadline',
    what: 'it could not end before its deadline',
    mend: 'ask for less time in runs_plan.md, or go on with mode "resume" once the deadline is gone',
  },
};

/** What is known without a look at the log; undefined for a state that is no fault, or that needs one. */
export function causeOfState(attempt: Attempt, evidence: RunEvidence): Found | undefined {
  const { state, reason, message, node, time_limit, mem } = attempt;
  if (state === 'refused')
    return {
      cause: 'refused',
      what: 'the scheduler refused the job',
      evidence: [message ?? 'it gave no reason'],
      mend: 'mend what it names, then preflight_runs and launch_runs',
      safe_to_retry: true,
    };
  if (state === 'uncertain')
    return {
      cause: 'uncertain',
      what: 'nobody can tell yet whether there is a job',
      evidence: [message ?? 'its submission was cut off'],
      mend: wayOutOfDoubt(attempt),
      safe_to_retry: false,
    };
  if (state === 'PENDING') return held(reason);
  if (state === 'CANCELLED') {
    // A prolog that fails, too, ends a job that may not be requeued as if root had cancelled it.
    if (evidence.cancelled_by === 'root' && node !== undefined && !/^runwright: /m.test(evidence.output))
      return {
        cause: 'node_failed',
        what: `root ended it on ${node} before the script began: the node could not start it, or an administrator cancelled it`,
        evidence: [],
        mend: `${AGAIN}; both leave that node out`,
        safe_to_retry: true,
      };
    const by = evidence.cancelled_by === undefined ? '' : ` by ${evidence.cancelled_by}`;
    return { cause: 'cancelled', what: `the job was cancelled${by}`, evidence: [], mend: AGAIN, safe_to_retry: true };
  }
  const known = BY_STATE[state];
  if (known === undefined) return undefined;
  const detail = { time_limit, host_oom: mem, node_failed: node }[known.cause as string];
  return {
    ...known,
    what: detail === undefined ? known.what : `${known.what} (${detail})`,
    evidence: [],
    safe_to_retry: known.cause !== 'deadline',
  };
}

function held(reason: string | undefined): Found | undefined {
  if (reason === undefined || !/held|hold/i.test(reason)) return undefined;
  const launch = /launch failed/i.test(reason);
  return {
    cause: 'held',
    what: launch ? 'Slurm could not start the job and holds it' : 'the job is held',
    evidence: [reason],
    mend: launch
      ? 'the fault is the node\'s: cancel the job (cancel_runs), then preflight_runs with mode "retry"; tell the administrators'
      : '`scontrol release JOBID` lets it go, by whoever holds it',
    safe_to_retry: launch,
  };
}
