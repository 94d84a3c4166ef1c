import type { Connection } from '../clusters/connection.ts';
import { frame, type SectionResult } from '../clusters/frame.ts';
import type { Trial } from '../clusters/scheduler.ts';
import { shellQuote } from '../model/shell_quote.ts';
import { epochTime } from './job_row.ts';
import { PLAIN_ENVIRONMENT } from './plain_environment.ts';
import { refusalText } from './refusals.ts';

/** Asks Slurm whether it would take these texts of scripts, and when they would start; nothing is sent there or submitted. */
export async function tryScripts(connection: Connection, scripts: readonly string[], signal?: AbortSignal): Promise<readonly Trial[]> {
  if (scripts.length === 0) return [];
  const asked = frame(
    scripts.map((script, index) => ({
      name: String(index),
      command: `${PLAIN_ENVIRONMENT} printf %s ${shellQuote(script)} | SLURM_TIME_FORMAT=%s sbatch --test-only`,
    })),
  );
  const timeoutMs = 60_000 + scripts.length * 1000;
  const answers = asked.read(await connection.run(asked.command, { timeoutMs, signal }));
  const trials = scripts.map((_, index) => readTrial(answers.get(String(index))));
  if (!trials.some(mayBeForNow)) return trials;
  const nodes = await outOfService(connection, signal);
  return trials.map((trial) => (nodes !== '' && mayBeForNow(trial) ? { ...trial, out_of_service: nodes } : trial));
}

/** --test-only looks at the nodes in service alone: what sbatch itself would take and keep waiting, it refuses in the same words as the impossible. */
const mayBeForNow = ({ fault }: Trial): boolean => fault === 'Requested node configuration is not available';

async function outOfService(connection: Connection, signal: AbortSignal | undefined): Promise<string> {
  const asked = frame([{ name: 'nodes', command: `${PLAIN_ENVIRONMENT} sinfo -h -t down,drain,fail,maint,no_respond -o %N` }]);
  const answer = asked.read(await connection.run(asked.command, { timeoutMs: 60_000, signal })).get('nodes');
  return answer?.code === 0 ? [...new Set(answer.stdout.split('\n').filter((line) => line !== ''))].join(',') : '';
}

/** --test-only writes to stderr, whether it agrees or not. */
export function readTrial(answer: SectionResult | undefined): Trial {
  if (answer === undefined) return { fault: 'Slurm did not answer' };
  const said = `${answer.stderr}\n${answer.stdout}`;
  if (answer.code !== 0) return { fault: refusalText(said) || `sbatch ended with ${answer.code}` };
  const start = epochTime(/ to start at (\d+) /.exec(said)?.[1] ?? '');
  return start === undefined ? {} : { expected_start: start };
}
