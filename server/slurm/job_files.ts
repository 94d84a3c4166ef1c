import { fileTails } from '../clusters/file_tails.ts';
import type { JobRef } from '../clusters/scheduler.ts';
import { shellWords } from '../model/shell_quote.ts';
import { exitRecordPath } from './attempt_files.ts';
import { type ExitRecord, readExitRecord } from './exit_record.ts';

/** Prints `INDEX RECORD` for each record that is there. No process is started: for 1,000 jobs that would take seconds. */
export function recordsCommand(jobs: readonly JobRef[]): string {
  return `i=0
for f in ${shellWords(jobs.map((job) => exitRecordPath(job.run_dir, job.attempt)))}; do
  if IFS= read -r line < "$f"; then printf '%s %s\\n' "$i" "$line"; fi
  i=$((i + 1))
done 2>/dev/null
true`;
}

/** By token. */
export function readRecords(stdout: string, jobs: readonly JobRef[]): ReadonlyMap<string, ExitRecord> {
  const records = new Map<string, ExitRecord>();
  for (const line of stdout.split('\n')) {
    const space = line.indexOf(' ');
    const job = space > 0 ? jobs[Number(line.slice(0, space))] : undefined;
    const record = readExitRecord(line.slice(space + 1));
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
  return { command: question.command, read: (stdout: string) => byToken(question.read(stdout), jobs) };
}

function byToken(tails: readonly string[], jobs: readonly JobRef[]): ReadonlyMap<string, { metrics: string; output: string }> {
  const found = new Map<string, { metrics: string; output: string }>();
  for (const [index, job] of jobs.entries()) {
    const [metrics = '', output = ''] = tails.slice(index * 2, index * 2 + 2);
    if (metrics !== '' || output !== '') found.set(job.token, { metrics, output });
  }
  return found;
}
