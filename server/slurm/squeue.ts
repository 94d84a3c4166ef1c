import { epochTime, fieldsOf, type JobRow, split } from './job_row.ts';
import { hasEnded, readState } from './states.ts';

/**
 * All of the user's jobs, finished ones too (until MinJobAge), in one request. Asking by id would cost the same and fail on ids
 * that are gone; --local keeps a federation out of it.
 */
export const SQUEUE = `squeue -h -r --local -t all -u "\${USER:-$(id -un)}" -o '%i|%T|%V|%S|%e|%N|%r|%j'`;

export function readSqueue(stdout: string): JobRow[] {
  return stdout.split('\n').flatMap((line) => {
    const [job_id, stateText, submitted, started, ended, node, reason, name] = fieldsOf(line, 8) ?? [];
    const state = readState(stateText ?? '');
    if (job_id === undefined || name === undefined || state === undefined) return [];
    const row: JobRow = { job_id, name, state };
    const times = { submitted: epochTime(submitted ?? ''), started: epochTime(started ?? ''), ended: epochTime(ended ?? '') };
    if (times.submitted !== undefined) row.submitted = times.submitted;
    // Of a job that waits, %S is an estimate; of one that runs, %e is its time limit.
    if (times.started !== undefined) row[state === 'PENDING' ? 'expected_start' : 'started'] = times.started;
    if (times.ended !== undefined && hasEnded(state)) row.ended = times.ended;
    if (node !== undefined && node !== '') row.node = node;
    if (reason !== undefined && reason !== '' && reason !== 'None') row.reason = reason;
    return split(row);
  });
}
