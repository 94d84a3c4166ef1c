import type { Connection } from '../clusters/connection.ts';
import { frame, type Section, type SectionResult } from '../clusters/frame.ts';
import type { JobRef, JobSighting, Observation } from '../clusters/scheduler.ts';
import { shellQuote } from '../model/shell_quote.ts';
import { baseId } from './array_id.ts';
import { readRecords, recordsCommand, tailsQuestion } from './job_files.ts';
import { PLAIN_ENVIRONMENT } from './plain_environment.ts';
import { PATIENCE_S, readSacct, sacct, sacctIsAbsent } from './sacct.ts';
import { byName, sighting } from './sighting.ts';
import { readSqueue, SQUEUE } from './squeue.ts';
import { hasEnded } from './states.ts';

/** The exit code of timeout(1). */
const TIMED_OUT = 124;
const TIMEOUT_MS = 90_000;
/** Clocks differ, and a job can have been submitted a little before its intent was told to anybody. */
const MARGIN_S = 86_400;
const ENVIRONMENT = `${PLAIN_ENVIRONMENT} export SLURM_TIME_FORMAT=%s SLURM_BITSTR_LEN=0;`;

/**
 * All jobs, whatever their number: one squeue, and at the same time one sacct for those that may have ended; then, in one more
 * command, the files of those that do not wait. Of a job that waits squeue tells all that there is to know, and one that has left
 * the queue since is asked for with the files. Where nothing has left the queue, sacct's answer is not waited for.
 */
export async function observeJobs(
  connection: Connection,
  jobs: readonly JobRef[],
  options: { metrics_file: string; signal?: AbortSignal; now: () => Date },
): Promise<Observation> {
  if (jobs.length === 0) return { jobs: new Map(), complete: true, trouble: [], tails: new Map() };
  const ask = async (sections: readonly Section[], signal = options.signal): Promise<ReadonlyMap<string, SectionResult>> => {
    if (sections.length === 0) return new Map();
    const asked = frame(sections);
    return asked.read(await connection.run(asked.command, { timeoutMs: TIMEOUT_MS, signal }));
  };
  const enough = new AbortController();
  const until = options.signal === undefined ? enough.signal : AbortSignal.any([options.signal, enough.signal]);
  const asked = jobs.filter(({ may_have_ended }) => may_have_ended === true);
  const accounting = ask(sacctSections(asked, options.now()), until);
  // It is waited for below, unless something else went wrong before.
  accounting.catch(() => undefined);
  const squeue = (await ask([{ name: 'squeue', command: `${ENVIRONMENT} ${SQUEUE}` }])).get('squeue');
  const squeue_healthy = squeue?.code === 0;
  const trouble = squeue_healthy ? [] : [`squeue could not be asked: ${lastWords(squeue)}`];
  const queued = { squeue: byName(squeue_healthy ? readSqueue(squeue.stdout) : []), sacct: new Map(), squeue_healthy, sacct_silent: false };
  const states = new Map(jobs.map((job) => [job.token, sighting(job, queued, undefined)?.state]));
  const gone = jobs.filter(({ token }) => hasEnded(states.get(token) ?? 'COMPLETED'));
  const begun = jobs.filter(({ token }) => states.get(token) !== 'PENDING');
  const unasked = gone.filter(({ may_have_ended }) => may_have_ended !== true);
  if (gone.length === 0) enough.abort();

  const tails = tailsQuestion(begun, options.metrics_file);
  const files = ask([
    ...sacctSections(unasked, options.now()),
    ...(gone.length > 0 ? [{ name: 'records', command: recordsCommand(gone) }] : []),
    ...(begun.length > 0 ? [{ name: 'tails', command: tails.command }] : []),
  ]);
  const [answers, account] = await Promise.all([files, gone.length === 0 ? new Map<string, SectionResult>() : accounting]);
  const accounts = [...account, ...answers].filter(([name]) => name.startsWith('sacct')).map(([, answer]) => answer);
  const broken = accounts.find(({ code, stderr }) => code !== 0 && !sacctIsAbsent(code, stderr));
  if (broken !== undefined) trouble.push(`sacct could not be asked: ${lastWords(broken)}`);

  const accounted = byName(accounts.filter(({ code }) => code === 0).flatMap(({ stdout }) => readSacct(stdout)));
  const known = { ...queued, sacct: accounted, sacct_silent: broken !== undefined };
  const records = readRecords(answers.get('records')?.stdout ?? '', gone);
  const seen = new Map<string, JobSighting>();
  for (const job of jobs) {
    const found = sighting(job, known, records.get(job.token));
    if (found !== undefined) seen.set(job.token, found);
  }
  return { jobs: seen, complete: squeue_healthy && broken === undefined, trouble, tails: tails.read(answers.get('tails')?.stdout ?? '') };
}

/** By id where it is known, which the database has an index for, an array by the one of all its tasks; else by name. */
function sacctSections(jobs: readonly JobRef[], now: Date): Section[] {
  const oldest = Math.min(...jobs.map((job) => Date.parse(job.since)).filter((time) => !Number.isNaN(time)), now.getTime());
  const age = Math.ceil((now.getTime() - oldest) / 1000) + MARGIN_S;
  const begin = `${ENVIRONMENT} printf -v now '%(%s)T' -1; since=$((now - ${age}));`;
  const known = jobs.flatMap(({ job_id }) => (job_id !== undefined && /^\d+(_\d+)?$/.test(job_id) ? [baseId(job_id)] : []));
  const names = jobs.flatMap(({ job_id, job_name }) => (job_id === undefined ? [job_name] : []));
  const section = (name: string, filter: string): Section => ({ name: `sacct by ${name}`, command: `${begin} ${sacct(filter)}` });
  return [
    ...inParts(known).map((ids, part) => section(`id ${part}`, `-j ${ids}`)),
    ...inParts(names).map((list, part) => section(`name ${part}`, `--name=${shellQuote(list)}`)),
  ];
}

/** No word of a command may be longer than 128 KiB. */
const LONGEST_LIST = 1000;

function inParts(words: readonly string[]): string[] {
  const all = [...new Set(words)];
  const count = Math.ceil(all.length / LONGEST_LIST);
  return Array.from({ length: count }, (_, part) => all.slice(part * LONGEST_LIST, (part + 1) * LONGEST_LIST).join(','));
}

const lastWords = (answer: SectionResult | undefined): string =>
  answer === undefined
    ? 'it did not answer'
    : answer.code === TIMED_OUT
      ? `it gave no answer in ${PATIENCE_S} s`
      : answer.stderr.trim().split('\n').slice(-2).join(' ').slice(-300) || `it ended with ${answer.code}`;
