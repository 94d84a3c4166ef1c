import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../launch/context.ts';
import { type MonitorOutput, monitorJobs } from '../stages/monitor_jobs.ts';
import { problemLines } from './problem_lines.ts';
import { plain, type Terminal, table } from './terminal.ts';

/**
 * `runwright monitor EXPERIMENT`: looks until every launched job has ended, at the pace that the cluster bears. Answers 0 when
 * all of them are COMPLETED.
 */
export async function monitor(experiment_dir: string, once: boolean, context: Context, terminal: Terminal): Promise<number> {
  let drawn = 0;
  let told = '';
  for (;;) {
    const seen = await monitorJobs({ experiment_dir }, context);
    const lines = view(seen);
    if (terminal.live) {
      terminal.write(`${drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : ''}${lines.join('\n')}\n`);
      drawn = lines.length;
    } else if (once || seen.done || seen.summary !== told) {
      terminal.write(`${lines.join('\n')}\n`);
    }
    told = seen.summary;
    const launched = Object.keys(seen.counts).some((state) => state !== 'planned');
    if (once || seen.done || !launched) return seen.done && Object.keys(seen.counts).every((state) => FINE.has(state)) ? 0 : 1;
    await sleep((seen.look_again_in_seconds ?? 15) * 1000, undefined, { signal: context.signal });
  }
}

/** States after which there is nothing to mend. */
const FINE: ReadonlySet<string> = new Set(['COMPLETED', 'planned']);

function view({ summary, running, attention, eta, problems, next }: MonitorOutput): string[] {
  const rows = running.map((run) => [
    run.run,
    run.job_id ?? '-',
    run.step === undefined ? '-' : `${run.step}/${run.steps_total ?? '?'}`,
    run.loss === undefined ? '-' : String(run.loss),
    run.eta ?? '-',
  ]);
  return [
    `${summary}${eta === undefined ? '' : ` The last job ends in about ${eta}.`}`,
    ...(rows.length > 0 ? table(['run', 'job', 'step', 'loss', 'time left'], rows) : []),
    ...attention.map(({ run, state, why }) => plain(`attention: ${run}: ${state}${why === undefined ? '' : `: ${why}`}`)),
    ...problemLines(problems),
    `next: ${next.tool}: ${next.why}`,
  ];
}
