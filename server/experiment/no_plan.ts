import { basename } from 'node:path';
import { nearest } from '../model/nearest.ts';
import { PLAN_FILE } from '../model/plan.ts';
import { UserError } from '../model/problem.ts';
import { experimentNames } from './experiment_names.ts';
import type { ExperimentsRoot } from './experiments_root.ts';

const SHOWN = 5;

/** The experiment that was named is not there: with the one that was likely meant, or those that there are. */
export function noPlan(experimentDir: string, dir: string, root: ExperimentsRoot, first = 'run `plan_runs` first'): UserError {
  return new UserError(`${dir} has no ${PLAN_FILE}; ${mend(experimentDir, experimentNames(root.dir), first)}; nothing was changed`);
}

function mend(experimentDir: string, known: readonly string[], first: string): string {
  const meant = knownPart(experimentDir, known) ?? nearest(basename(experimentDir), known);
  if (meant !== undefined) return `did you mean "${meant}"? If not, ${first}`;
  if (known.length === 0) return `${first}, or check experiment_dir`;
  const shown = known.slice(0, SHOWN).join(', ') + (known.length > SHOWN ? ', ...' : '');
  return `${first}, or name an experiment that is there: ${shown}`;
}

/** `experiments/words`, `words/run_a`, `words/runs_plan.md` and `WORDS` all hold the name of the experiment `words`. */
function knownPart(experimentDir: string, known: readonly string[]): string | undefined {
  const parts = experimentDir.split(/[/\\]/).map((part) => part.toLowerCase());
  return known.find((name) => parts.includes(name.toLowerCase()));
}
