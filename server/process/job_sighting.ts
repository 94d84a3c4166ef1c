import { hostname } from 'node:os';
import type { JobSighting } from '../clusters/scheduler.ts';
import { isoSeconds, type JobFacts } from './job_files.ts';
import { outcomeOf } from './job_outcome.ts';
import type { JobRecord } from './job_record.ts';

const seconds = (iso: string): string => isoSeconds(new Date(iso));

/** What is said of a job: its end if it has one, else what its runner left, whether or not a supervisor lives. */
export function sightingOf(record: JobRecord, facts: JobFacts): JobSighting {
  const base = { token: record.token, job_id: String(record.id), submitted: seconds(record.submitted) };
  if (facts.end !== undefined) {
    const { state, exit_code, started, ended } = facts.end;
    const ran = started === undefined ? {} : { node: hostname(), started: seconds(started) };
    return { ...base, ...ran, state, exit_code, ended: seconds(ended) };
  }
  if (facts.claim === undefined) return { ...base, state: 'PENDING', reason: 'Resources' };
  const began = { ...base, node: hostname(), started: seconds(facts.claim.at) };
  if (facts.exit !== undefined) return { ...began, ...outcomeOf(facts.exit.how, facts.stop?.cause), ended: seconds(facts.exit.at) };
  // Told to stop and not gone yet; or its runner was killed and the supervisor has yet to clear up.
  return { ...began, state: facts.running && facts.stop === undefined ? 'RUNNING' : 'COMPLETING' };
}

/** Ended, or about to: nothing more will be written by the job that a supervisor must wait for. */
export const hasEnded = (sighting: JobSighting): boolean => sighting.ended !== undefined;
