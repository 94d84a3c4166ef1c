import { readFileSync } from 'node:fs';
import type { Submission, SubmissionOutcome } from '../clusters/scheduler.ts';
import { type BatchHeader, parseBatchHeader } from './batch_header.ts';
import { keptEnvironment } from './job_environment.ts';
import { bindToken, idOfToken, reserve } from './job_record.ts';
import { type Machine, misfit } from './machine.ts';
import type { StateFolder } from './state_folder.ts';

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the script asks for, or why this machine would not take it, in the scheduler's words. */
export function asksOf(script: string, machine: Machine): BatchHeader | { fault: string } {
  const header = parseBatchHeader(script);
  if ('fault' in header) return header;
  const fault = misfit(header, machine);
  return fault === undefined ? header : { fault };
}

export function readScript(path: string): { text: string } | { fault: string } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { fault: `Unable to open file ${path}: ${words(error)}` };
  }
}

/** One token becomes one job, whoever submits it, how often, from how many processes. */
export function submitJob(folder: StateFolder, wanted: Submission, machine: Machine, now: Date): SubmissionOutcome {
  const { token } = wanted;
  const submitted = (id: number): SubmissionOutcome => ({ kind: 'submitted', token, job_id: String(id) });
  const refused = (message: string, transient: boolean): SubmissionOutcome => ({ kind: 'refused', token, message, transient });
  let id: number;
  try {
    const earlier = idOfToken(folder, token);
    if (earlier !== undefined) return submitted(earlier);
    const script = readScript(wanted.script_path);
    if ('fault' in script) return refused(script.fault, false);
    const asks = asksOf(script.text, machine);
    if ('fault' in asks) return refused(asks.fault, false);
    id = reserve(folder, { ...wanted, submitted: now.toISOString(), asks, environment: keptEnvironment(process.env) });
  } catch (error) {
    // Nothing points at what may have been written: there is no job.
    return refused(`The embedded scheduler cannot write its records: ${words(error)}`, true);
  }
  try {
    return submitted(bindToken(folder, token, id));
  } catch (error) {
    return { kind: 'uncertain', token, message: `The embedded scheduler cannot tell whether its record is on disk: ${words(error)}` };
  }
}
