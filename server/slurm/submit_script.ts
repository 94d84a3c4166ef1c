import { readFileSync } from 'node:fs';
import type { ArrayPlace, Submission } from '../clusters/scheduler.ts';
import { shellQuote, shellWords } from '../model/shell_quote.ts';
import { templatePath } from '../model/template_folder.ts';
import { arrayScript } from './array_script.ts';
import { arrayFolder, attemptFolder, claimsFolder } from './attempt_files.ts';
import { BUSY, MAYBE_SENT, NEVER_SENT, NO_ANSWER } from './refusals.ts';

const functions = (): string => readFileSync(templatePath('submit_jobs.sh'), 'utf8');

/** One script for all submissions; values come in as quoted words. It answers a line for each: token, kind, text. */
export function submitScript(submissions: readonly Submission[]): string {
  const jobs = jobsOf(submissions);
  const folders = jobs.flatMap(({ first: { run_dir, attempt }, array }) =>
    array === undefined ? [`${run_dir}/logs`, attemptFolder(run_dir, attempt)] : [array.folder, claimsFolder(run_dir)],
  );
  return `{
${functions()}
maybe_sent=${shellQuote(MAYBE_SENT)}
never_sent=${shellQuote(NEVER_SENT)}
no_answer=${shellQuote(NO_ANSWER)}
busy=${shellQuote(BUSY)}
printf '%s\\0' ${shellWords(folders)} | xargs -0 mkdir -p --
${LANES.map((lane) => laneOf(jobs.filter((_, index) => index % LANES.length === lane))).join('')}wait
}`;
}

/** Side by side, in the order of the plan but for neighbours: while one sbatch waits for its answer the other starts. */
const LANES = [0, 1];

const laneOf = (jobs: readonly Job[]): string =>
  jobs.length === 0
    ? ''
    : `{
${jobs.map(submitLine).join('\n')}
if ((\${#doubts[@]} > 0)); then look; fi
} &
`;

/** What sbatch makes one job of: one submission, or all of an array. */
interface Job {
  first: Submission;
  tasks: Submission[];
  array?: ArrayPlace & { folder: string };
}

function jobsOf(submissions: readonly Submission[]): Job[] {
  const jobs = new Map<string, Job>();
  for (const one of submissions) {
    const known = one.array === undefined ? undefined : jobs.get(one.array.token);
    if (known !== undefined) known.tasks.push(one);
    else {
      const array = one.array === undefined ? {} : { array: { ...one.array, folder: arrayFolder(one.run_dir, one.array.token) } };
      jobs.set(one.array?.token ?? one.token, { first: one, tasks: [one], ...array });
    }
  }
  return [...jobs.values()];
}

function submitLine({ first, tasks, array }: Job): string {
  const { token, job_name, attempt, run_dir, script_path, output_path } = first;
  if (array === undefined)
    return `submit ${shellWords([token, job_name, String(attempt), run_dir, attemptFolder(run_dir, attempt), script_path, output_path])}`;
  const each = tasks.map((task) => [String(task.array?.task ?? 0), task.token, attemptFolder(task.run_dir, task.attempt)]);
  const text = arrayScript(tasks, array.folder);
  return `submit_array ${shellWords([array.token, job_name, array.folder, String(array.throttle ?? ''), text, ...each.flat()])}`;
}

/** Token to what the script answered; a token without a line was not reached. */
export function readSubmitAnswers(stdout: string): ReadonlyMap<string, { kind: string; text: string }> {
  const answers = new Map<string, { kind: string; text: string }>();
  for (const line of stdout.split('\n')) {
    const match = /^(\S+) (submitted|refused|uncertain) (.*)$/s.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    answers.set(match[1], { kind: match[2], text: (match[3] ?? '').replaceAll('\x1f', '\n').trim() });
  }
  return answers;
}
