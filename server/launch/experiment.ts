import { join } from 'node:path';
import { type Attempt, attemptsByRun } from '../experiment/attempts.ts';
import { readJournal } from '../experiment/journal.ts';
import { noPlan } from '../experiment/no_plan.ts';
import { type ExperimentPlace, isFolder, placeOf } from '../experiment/place.ts';
import { readTextIfThere } from '../model/files.ts';
import type { Framework } from '../model/framework.ts';
import { PLAN_FILE, type Plan } from '../model/plan.ts';
import { type Problem, refuseErrors, UserError } from '../model/problem.ts';
import type { Context } from './context.ts';
import { readPlan } from './read_plan.ts';
import { strayWarning } from './watched_runs.ts';

/** An experiment as the stages after plan_runs see it: a sound plan and what the journal tells. */
export interface Experiment {
  place: ExperimentPlace;
  plan: Plan;
  plan_text: string;
  framework: Framework;
  attempts: Map<string, Attempt[]>;
  /** Warnings of the plan and of the journal. */
  problems: Problem[];
}

export async function openExperiment(experimentDir: string, context: Context): Promise<Experiment> {
  const place = placeOf(experimentDir, context.root);
  const plan_text = isFolder(place.dir) ? readTextIfThere(join(place.dir, PLAN_FILE)) : undefined;
  if (plan_text === undefined) throw noPlan(experimentDir, place.dir, context.root);
  const { plan, framework, problems } = await readPlan(plan_text, place, context);
  refuseErrors(`${join(place.dir, PLAN_FILE)} has errors; nothing was changed`, problems);
  if (plan === undefined || framework === undefined) throw new UserError(`${PLAN_FILE} cannot be read`);
  const { attempts, tornWarning } = journalOf(place.dir);
  return { place, plan, plan_text, framework, attempts, problems: [...problems, ...tornWarning, ...strayWarning({ plan, attempts })] };
}

export function journalOf(dir: string): { attempts: Map<string, Attempt[]>; tornWarning: Problem[] } {
  const { entries, torn } = readJournal(dir);
  const tornWarning: Problem[] = torn
    ? [
        {
          severity: 'warning',
          where: '.runwright/journal.jsonl',
          what: 'the last line was cut off by a crash and is left out',
          fix: 'nothing to do: an intent that was cut off was never acted on, and anything else is found out again from the cluster',
        },
      ]
    : [];
  return { attempts: attemptsByRun(entries), tornWarning };
}
