import { type Connection, ConnectionError } from '../clusters/connection.ts';
import { frame } from '../clusters/frame.ts';
import type { Submission, SubmissionOutcome } from '../clusters/scheduler.ts';
import { isNoRoom, isTransient, refusalText } from './refusals.ts';
import { readSubmitAnswers, submitScript } from './submit_script.ts';

/** All submissions in one command. Whatever is not known for certain afterwards is `uncertain`; the same call again settles it. */
export async function submitJobs(
  connection: Connection,
  submissions: readonly Submission[],
  signal?: AbortSignal,
): Promise<readonly SubmissionOutcome[]> {
  if (submissions.length === 0) return [];
  const asked = frame([{ name: 'submit', command: submitScript(submissions) }]);
  let stdout: string;
  try {
    const result = await connection.run(asked.command, { timeoutMs: 120_000 + submissions.length * 1000, signal });
    stdout = asked.read(result).get('submit')?.stdout ?? '';
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    return submissions.map(({ token }) => ({ kind: 'uncertain', token, message: error.message }));
  }
  const answers = readSubmitAnswers(stdout);
  return submissions.map(({ token }) => outcomeOf(token, answers.get(token)));
}

function outcomeOf(token: string, answer: { kind: string; text: string } | undefined): SubmissionOutcome {
  if (answer === undefined)
    return { kind: 'uncertain', token, message: 'the submission script ended before it told what became of this one' };
  switch (answer.kind) {
    case 'submitted':
      return { kind: 'submitted', token, job_id: answer.text };
    case 'refused':
      return {
        kind: 'refused',
        token,
        message: refusalText(answer.text),
        transient: isTransient(answer.text),
        ...(isNoRoom(answer.text) ? { no_room: true } : {}),
      };
    default:
      return { kind: 'uncertain', token, message: refusalText(answer.text) };
  }
}
