import type { Change } from '../model/framework.ts';
import { FINAL_STATES } from '../model/job_state.ts';
import type { JournalEntry } from './journal.ts';

/** One submission of one run, as far as the journal knows. */
export interface Attempt {
  attempt: number;
  token: string;
  job_name: string;
  /** The token of its array, and its index there. */
  array?: string | undefined;
  task?: number | undefined;
  cluster: string;
  preflight_id: string;
  /** Slurm's state; `uncertain` while nobody can tell whether there is a job; `refused` when the scheduler said no; `planned` while it waits for room. */
  state: string;
  /** ISO time of the intent. */
  since: string;
  config_sha256: string;
  script_sha256: string;
  plan_config_sha256?: string;
  plan_script_sha256?: string;
  /** Everything in which it differs from the plan. */
  changes?: readonly Change[];
  resumed_from?: string;
  eased?: number;
  time_limit?: string;
  mem?: string;
  job_id?: string;
  submitted?: string;
  started?: string;
  ended?: string;
  exit_code?: string;
  node?: string;
  reason?: string;
  message?: string;
}

export const changeText = ({ setting, from, to }: Change): string => `${setting}: ${from} -> ${to}`;

const FINAL: ReadonlySet<string> = new Set([...FINAL_STATES, 'refused']);

/** Of an attempt that was launched and not submitted yet: it waits for room in the queue. */
export const WAITING = 'planned';

/** A state that nothing but a new attempt changes. */
export const isFinal = (state: string): boolean => FINAL.has(state);

/** The attempts of every run that has any, oldest first. */
export function attemptsByRun(entries: readonly JournalEntry[]): Map<string, Attempt[]> {
  const runs = new Map<string, Attempt[]>();
  const byToken = new Map<string, Attempt>();
  for (const entry of entries) {
    if (entry.kind === 'intent') {
      const { kind: _kind, run, t, ...intent } = entry;
      const fresh = { ...intent, state: 'uncertain', since: t } as Attempt;
      const known = byToken.get(entry.token);
      if (known !== undefined) {
        sendAgain(known, fresh);
        continue;
      }
      byToken.set(entry.token, fresh);
      runs.set(run, [...(runs.get(run) ?? []), fresh]);
      continue;
    }
    const attempt = byToken.get(entry.token);
    if (attempt !== undefined) apply(attempt, entry);
  }
  return runs;
}

/** An attempt that waited for room goes now, perhaps in an array. */
function sendAgain(known: Attempt, { state, since, job_name, array, task }: Attempt): void {
  Object.assign(known, { state, since, job_name, array, task });
  delete known.message;
}

const SIGHTED = ['started', 'ended', 'exit_code', 'node', 'reason', 'message'] as const;

function apply(attempt: Attempt, entry: Exclude<JournalEntry, { kind: 'intent' }>): void {
  switch (entry.kind) {
    case 'submitted':
      attempt.job_id = entry.job_id;
      attempt.submitted = entry.t;
      attempt.state = 'PENDING';
      delete attempt.message;
      break;
    case 'waiting':
      attempt.state = WAITING;
      attempt.message = entry.message;
      break;
    case 'refused':
      attempt.state = 'refused';
      attempt.message = entry.message;
      break;
    case 'uncertain':
      attempt.state = 'uncertain';
      attempt.message = entry.message;
      break;
    case 'seen': {
      const { kind: _kind, t: _t, token: _token, ...sighting } = entry;
      // Each sighting is the whole of what is known: a requeued job has no node and no end any more.
      for (const field of SIGHTED) delete attempt[field];
      Object.assign(attempt, sighting);
    }
  }
}
