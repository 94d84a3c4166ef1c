import { fileTails } from '../clusters/file_tails.ts';
import { pathList } from '../clusters/path_list.ts';
import type { JobRef, Tails } from '../clusters/scheduler.ts';
import { exitRecordPath } from './attempt_files.ts';
import { type ExitRecord, readExitRecord } from './exit_record.ts';

const recordPaths = (jobs: readonly JobRef[]): string[] => jobs.map((job) => exitRecordPath(job.run_dir, job.attempt));

/** Prints `PATH, NUL, RECORD` for each record that is there, from one grep, whatever their number. */
export const recordsCommand = (jobs: readonly JobRef[]): string => `${pathList(recordPaths(jobs))}
for ((k = 0; k < \${#f[@]}; k += 4000)); do grep -sHZ -D skip -d skip '^{' -- "\${f[@]:k:4000}"; done
true`;

/** By token. */
export function readRecords(stdout: string, jobs: readonly JobRef[]): ReadonlyMap<string, ExitRecord> {
  const lines = new Map(
    stdout.split('\n').map((line): [string, string] => {
      const end = line.indexOf('\0');
      return [line.slice(0, end), line.slice(end + 1)];
    }),
  );
  const records = new Map<string, ExitRecord>();
  for (const [index, path] of recordPaths(jobs).entries()) {
    const record = readExitRecord(lines.get(path) ?? '');
    const job = jobs[index];
    if (job !== undefined && record !== undefined) records.set(job.token, record);
  }
  return records;
}

/** The ends of all jobs' metrics and output, from one `tail`. */
export function tailsQuestion(jobs: readonly JobRef[], metricsFile: string) {
  const bytes = jobs.length <= 100 ? 4096 : 1024;
  const question = fileTails(
    jobs.flatMap((job) => [`${job.run_dir}/${metricsFile}`, job.output_path]),
    bytes,
  );
  return { command: question.command, read: (stdout: string) => byToken(question.read(stdout), question.quietSeconds(stdout), jobs) };
}

function byToken(texts: readonly string[], quiet: readonly (number | undefined)[], jobs: readonly JobRef[]): ReadonlyMap<string, Tails> {
  const found = new Map<string, Tails>();
  for (const [index, job] of jobs.entries()) {
    const [from, to] = [index * 2, index * 2 + 2];
    const [metrics = '', output = ''] = texts.slice(from, to);
    const known = quiet.slice(from, to).filter((seconds) => seconds !== undefined);
    if (metrics !== '' || output !== '')
      found.set(job.token, { metrics, output, ...(known.length === 0 ? {} : { quiet_seconds: Math.min(...known) }) });
  }
  return found;
}
