import type { Connection } from '../clusters/connection.ts';
import { frame, type SectionResult } from '../clusters/frame.ts';
import type { Trial } from '../clusters/scheduler.ts';
import { shellQuote } from '../model/shell_quote.ts';
import { epochTime } from './job_row.ts';
import { refusalText } from './refusals.ts';

/** Asks Slurm whether it would take these texts of scripts, and when they would start; nothing is sent there or submitted. */
export async function tryScripts(connection: Connection, scripts: readonly string[], signal?: AbortSignal): Promise<readonly Trial[]> {
  if (scripts.length === 0) return [];
  const asked = frame(
    scripts.map((script, index) => ({
      name: String(index),
      command: `printf %s ${shellQuote(script)} | LC_ALL=C SLURM_TIME_FORMAT=%s sbatch --test-only`,
    })),
  );
  const timeoutMs = 60_000 + scripts.length * 1000;
  const answers = asked.read(await connection.run(asked.command, { timeoutMs, signal }));
  return scripts.map((_, index) => readTrial(answers.get(String(index))));
}

/** --test-only writes to stderr, whether it agrees or not. */
export function readTrial(answer: SectionResult | undefined): Trial {
  if (answer === undefined) return { fault: 'Slurm did not answer' };
  const said = `${answer.stderr}\n${answer.stdout}`;
  if (answer.code !== 0) return { fault: refusalText(said) || `sbatch ended with ${answer.code}` };
  const start = epochTime(/ to start at (\d+) /.exec(said)?.[1] ?? '');
  return start === undefined ? {} : { expected_start: start };
}
