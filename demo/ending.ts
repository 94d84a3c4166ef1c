import { basename, dirname, join } from 'node:path';
import { table } from '../server/command/terminal.ts';
import { look, type RunLook } from './look.ts';
import { bold, say } from './show.ts';
import type { Watched } from './watch.ts';

/** What is not as it must be after a demo, a sentence for each. */
export function shortcomings(looks: readonly RunLook[]): string[] {
  return looks.flatMap(({ run, state, losses, checkpoint }) => [
    ...(state === 'COMPLETED' ? [] : [`${run}: its state is ${state}, not COMPLETED`]),
    ...(losses.length > 0 && losses.every(Number.isFinite) ? [] : [`${run}: logs/metrics.log has no loss, or one that is not finite`]),
    ...(checkpoint === undefined ? [`${run}: there is no checkpoint under artifacts/`] : []),
  ]);
}

export function endingRows(looks: readonly RunLook[], baseRuns: readonly string[]): string[][] {
  const loss = (value: number | undefined): string => value?.toFixed(3) ?? '-';
  return [
    ...baseRuns.map((run) => [run, 'base', 'not-trained', '-', '-', '-']),
    ...looks.map(({ run, state, losses, checkpoint }) => [
      run,
      'fine-tune',
      state,
      loss(losses[0]),
      loss(losses.at(-1)),
      checkpoint === undefined ? 'none' : join(basename(dirname(checkpoint)), basename(checkpoint)),
    ]),
  ];
}

/** The table at the end and where to look; true when every fine-tune run is as it must be. */
export function showEnding(watched: Watched, baseRuns: readonly string[], seconds: number): boolean {
  const looks = look(watched.experimentDir, watched.jobsDir, watched.runs);
  say();
  say(bold('== The end'));
  const rows = table(['run', 'type', 'state', 'first loss', 'last loss', 'checkpoint (in the run folder)'], endingRows(looks, baseRuns));
  say(rows.map((line) => `  ${line}`).join('\n'));
  say();
  say(`  ${Math.round(seconds)} s from the plan to the last job. Where to look:`);
  say(`    the plan          ${join(watched.experimentDir, 'runs_plan.md')}`);
  say(`    what happened     ${join(watched.experimentDir, 'runs_status.yaml')}`);
  say(`    a config, script  ${join(watched.experimentDir, watched.runs[0] ?? '')}/finetune.{yaml,slurm}`);
  say(`    logs, weights     ${join(watched.jobsDir, watched.runs[0] ?? '')}/{logs,artifacts}/`);
  const faults = shortcomings(looks);
  for (const fault of faults) say(`  NOT AS IT MUST BE: ${fault}`);
  return faults.length === 0;
}
