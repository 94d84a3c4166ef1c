import { epochTime, fieldsOf, type JobRow, split } from './job_row.ts';
import { hasEnded, readState } from './states.ts';

const FIELDS = 'JobID,State,ExitCode,Submit,Start,End,NodeList,JobName';

/** A slurmdbd that hangs keeps sacct for eight times MessageTimeout: longer than all of a look's answers may take. */
export const PATIENCE_S = 30;

/** -D shows each record: after a crash of slurmctld an id can have been given twice, and the newest need not be ours. */
export const sacct = (filter: string): string =>
  `printf -v start '%(%Y-%m-%dT%H:%M:%S)T' "$since" && timeout ${PATIENCE_S} sacct -X -D -n -P -S "$start" -o ${FIELDS} ${filter}`;

export function readSacct(stdout: string): JobRow[] {
  return stdout.split('\n').flatMap((line) => {
    const [job_id, stateText, exit_code, submitted, started, ended, node, name] = fieldsOf(line, 8) ?? [];
    const state = readState(stateText ?? '');
    if (job_id === undefined || name === undefined || state === undefined) return [];
    const row: JobRow = { job_id, name, state };
    const times = { submitted: epochTime(submitted ?? ''), started: epochTime(started ?? ''), ended: epochTime(ended ?? '') };
    if (times.submitted !== undefined) row.submitted = times.submitted;
    if (times.started !== undefined) row.started = times.started;
    if (times.ended !== undefined && hasEnded(state)) row.ended = times.ended;
    if (exit_code !== undefined && /^\d+:\d+$/.test(exit_code) && hasEnded(state)) row.exit_code = exit_code;
    if (node !== undefined && node !== '' && node !== 'None assigned') row.node = node;
    return split(row);
  });
}

/** A site without accounting, or one that keeps it from its users, has no sacct to be healthy; the job's own record stands in for it. */
export const sacctIsAbsent = (code: number, stderr: string): boolean =>
  code === 127 ||
  /accounting storage is disabled|not running a supported accounting|sacct: command not found|permission denied/i.test(stderr);

/**
 * Of several records of one job, the newest run: by submission, then by start, where not started yet is the latest. A task's
 * own record is newer than the one that it was split from, which slurmdbd may still show with the task in it.
 */
export function newest(all: readonly JobRow[]): JobRow | undefined {
  const own = all.filter((row) => row.unsplit !== true);
  const rows = own.length > 0 ? own : all;
  const order = (row: JobRow): string => `${row.submitted ?? ''} ${row.started ?? '9999'}`;
  return rows.reduce<JobRow | undefined>((best, row) => (best === undefined || order(row) >= order(best) ? row : best), undefined);
}
