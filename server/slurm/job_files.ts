import { randomBytes } from 'node:crypto';
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

export interface TailsQuestion {
  command: string;
  read(stdout: string): ReadonlyMap<string, { metrics: string; output: string }>;
}

/**
 * The ends of all files from one `tail`. A file with a random word stands between each two of them: what a job prints cannot
 * look like a border, as it could with the headers of tail itself.
 */
export function tailsQuestion(jobs: readonly JobRef[], metricsFile: string): TailsQuestion {
  const bytes = jobs.length <= 100 ? 4096 : 1024;
  const word = randomBytes(12).toString('hex');
  const files = jobs.flatMap((job) => [`${job.run_dir}/${metricsFile}`, job.output_path]);
  const command = `b=$(mktemp) || exit 1
trap 'rm -f "$b"' EXIT
printf '\\n%s\\n' ${word} > "$b"
i=0 files=()
for f in ${shellWords(files)}; do
  if [[ -s $f && -r $f && -f $f ]]; then files+=("$b" "$f"); printf '%s ' "$i"; fi
  i=$((i + 1))
done
for ((k = 0; k < \${#files[@]}; k += 2000)); do tail -q -c ${bytes} -- "\${files[@]:k:2000}"; done
true`;
  return { command, read: (stdout) => readTails(stdout, `\n${word}\n`, jobs) };
}

function readTails(stdout: string, border: string, jobs: readonly JobRef[]): ReadonlyMap<string, { metrics: string; output: string }> {
  const [indexes = '', ...parts] = stdout.split(border);
  const tails = new Map<string, { metrics: string; output: string }>();
  for (const [position, index] of indexes.trim().split(' ').entries()) {
    const job = index === '' ? undefined : jobs[Math.floor(Number(index) / 2)];
    if (job === undefined) continue;
    const known = tails.get(job.token) ?? { metrics: '', output: '' };
    tails.set(job.token, { ...known, [Number(index) % 2 === 0 ? 'metrics' : 'output']: parts[position] ?? '' });
  }
  return tails;
}
