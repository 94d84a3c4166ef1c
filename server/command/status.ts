import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isFile, isFolder } from '../experiment/place.ts';
import type { Context } from '../launch/context.ts';
import { UserError } from '../model/problem.ts';
import { experimentStatus } from '../stages/experiment_status.ts';
import { problemLines } from './problem_lines.ts';
import { type Terminal, table } from './terminal.ts';

/** `runwright status [EXPERIMENT]`: one experiment's stages and states, or a line for each experiment. Reads only the disk. */
export async function status(experiment_dir: string | undefined, context: Context, terminal: Terminal): Promise<number> {
  if (experiment_dir === undefined) return all(context, terminal);
  const { summary, stages, next, problems } = await experimentStatus({ experiment_dir }, context);
  const rows = stages.map(({ stage, done, to_do, missing }) => [
    stage,
    String(done),
    String(to_do),
    (missing ?? []).slice(0, 3).join(', '),
  ]);
  const lines = [summary, '', ...table(['stage', 'done', 'to do', 'for'], rows), '', ...problemLines(problems)];
  terminal.write(`${[...lines, `next: ${next.tool}: ${next.why}`].join('\n')}\n`);
  return 0;
}

async function all(context: Context, terminal: Terminal): Promise<number> {
  const { dir } = context.root;
  const names = isFolder(dir) ? readdirSync(dir).filter((name) => isFile(join(dir, name, 'runs_plan.md'))) : [];
  if (names.length === 0) {
    terminal.write(`no experiment lies in ${dir}; give an experiment's folder, or set RUNWRIGHT_EXPERIMENTS to where yours lie\n`);
    return 1;
  }
  const rows: string[][] = [];
  for (const name of names.sort()) rows.push([name, await summaryOf(name, context)]);
  terminal.write(`${[`experiments in ${dir}`, '', ...table(['experiment', 'runs'], rows)].join('\n')}\n`);
  return 0;
}

/** One experiment with an error in its plan hides none of the others. */
async function summaryOf(experiment_dir: string, context: Context): Promise<string> {
  try {
    return (await experimentStatus({ experiment_dir }, context)).summary;
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n')[0] ?? '';
    throw error;
  }
}
