import { accessSync, constants } from 'node:fs';
import { ConnectionError } from '../clusters/connection.ts';
import { isFolder } from '../experiment/place.ts';
import type { Context } from '../launch/context.ts';
import { profilesOf } from '../launch/open_cluster.ts';
import { type Problem, UserError } from '../model/problem.ts';
import { VERSION } from '../model/version.ts';
import { checkCluster } from '../stages/check_cluster.ts';
import { problemLines } from './problem_lines.ts';
import type { Terminal } from './terminal.ts';

/** `runwright doctor [CLUSTER]`: what is here, and what each cluster lacks. Answers 1 when something is to mend. */
export async function doctor(cluster: string | undefined, context: Context, terminal: Terminal): Promise<number> {
  terminal.write(`runwright ${VERSION}, Node ${process.version}, ${process.platform}\n`);
  const problems = placeProblems(context.root.dir);
  terminal.write(`experiments: ${context.root.dir}\n${problemLines(problems).map(indented).join('')}`);
  let sound = problems.length === 0;
  for (const name of cluster === undefined ? (await profilesOf(context)).keys() : [cluster]) {
    const { summary, found } = await look(name, context);
    terminal.write(`${summary}\n${problemLines(found).map(indented).join('')}`);
    sound &&= !found.some(({ severity }) => severity === 'error');
  }
  return sound ? 0 : 1;
}

const indented = (line: string): string => `  ${line}\n`;

/** A cluster that cannot be reached hides none of the others. */
async function look(cluster: string, context: Context): Promise<{ summary: string; found: readonly Problem[] }> {
  try {
    const { summary, problems } = await checkCluster({ cluster }, context);
    return { summary, found: problems ?? [] };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof ConnectionError)) throw error;
    const fix = 'mend it, then run `runwright doctor` again';
    return {
      summary: `cluster ${cluster}: not usable now.`,
      found: [{ severity: 'error', where: `cluster ${cluster}`, what: error.message, fix }],
    };
  }
}

function placeProblems(root: string): Problem[] {
  if (!isFolder(root)) return [];
  try {
    accessSync(root, constants.W_OK);
    return [];
  } catch {
    return [
      { severity: 'error', where: root, what: 'the folder cannot be written', fix: 'change its rights, or set RUNWRIGHT_EXPERIMENTS' },
    ];
  }
}
