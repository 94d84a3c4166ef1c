import { readFileSync } from 'node:fs';
import type { Submission } from '../clusters/scheduler.ts';
import { shellQuote, shellWords } from '../model/shell_quote.ts';
import { templatePath } from '../model/template_folder.ts';
import { attemptFolder } from './attempt_files.ts';
import { MAYBE_SENT, NEVER_SENT, NO_ANSWER } from './refusals.ts';

const functions = (): string => readFileSync(templatePath('submit_jobs.sh'), 'utf8');

/** One script for all submissions; values come in as quoted words. It answers a line for each: token, kind, text. */
export function submitScript(submissions: readonly Submission[]): string {
  const folders = submissions.flatMap(({ run_dir, attempt }) => [`${run_dir}/logs`, attemptFolder(run_dir, attempt)]);
  return `{
${functions()}
maybe_sent=${shellQuote(MAYBE_SENT)}
never_sent=${shellQuote(NEVER_SENT)}
no_answer=${shellQuote(NO_ANSWER)}
printf '%s\\0' ${shellWords(folders)} | xargs -0 mkdir -p --
${LANES.map((lane) => laneOf(submissions.filter((_, index) => index % LANES.length === lane))).join('')}wait
}`;
}

/** Side by side, in the order of the plan but for neighbours: while one sbatch waits for its answer the other starts. */
const LANES = [0, 1];

const laneOf = (submissions: readonly Submission[]): string =>
  submissions.length === 0
    ? ''
    : `{
${submissions.map(submitLine).join('\n')}
if ((\${#doubts[@]} > 0)); then look; fi
} &
`;

const submitLine = ({ token, job_name, attempt, run_dir, script_path, output_path }: Submission): string =>
  `submit ${shellWords([token, job_name, String(attempt), run_dir, attemptFolder(run_dir, attempt), script_path, output_path])}`;

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
