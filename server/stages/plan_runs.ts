import { join } from 'node:path';
import { withExperimentLock } from '../experiment/lock.ts';
import { noPlan } from '../experiment/no_plan.ts';
import { type ExperimentPlace, placeOf } from '../experiment/place.ts';
import { writeStatus } from '../experiment/status.ts';
import type { Context } from '../launch/context.ts';
import { journalOf } from '../launch/experiment.ts';
import { readPlan } from '../launch/read_plan.ts';
import { makeFolder, readTextIfThere, writeText } from '../model/files.ts';
import { fineTuneRuns, PLAN_FILE, type Plan } from '../model/plan.ts';
import { type Problem, refuseErrors, UserError } from '../model/problem.ts';
import { expandGrid } from '../plan/expand.ts';
import type { GridInput, PlanInput, RevisionInput, RunInput } from '../plan/input.ts';
import { revisePlan } from '../plan/revise.ts';
import { writePlan } from '../plan/write.ts';
import { type Answer, fewNames, plural, shortList, withProblems } from './answer.ts';

export interface PlanRunsInput {
  experiment_dir: string;
  plan?: (Omit<PlanInput, 'experiment' | 'runs'> & { experiment?: string | undefined; runs?: readonly RunInput[] | undefined }) | undefined;
  grid?: GridInput | undefined;
  base?: boolean | readonly string[] | undefined;
  revise?: RevisionInput | undefined;
  overwrite?: boolean | undefined;
  dry_run?: boolean | undefined;
}

export interface PlanRunsOutput extends Answer {
  file: string;
  added: string[];
  changed: string[];
  removed: string[];
  counts: { fine_tune: number; base: number; added: number; changed: number; removed: number };
}

interface Drafted {
  text: string;
  added: readonly string[];
  changed: readonly string[];
  removed: readonly string[];
  problems: Problem[];
}

/** Writes or revises runs_plan.md; nothing is written while the plan would have an error. */
export async function planRuns(input: PlanRunsInput, context: Context): Promise<PlanRunsOutput> {
  const place = placeOf(input.experiment_dir, context.root);
  const drafted = async (): Promise<PlanRunsOutput> => {
    const file = join(place.dir, PLAN_FILE);
    const present = readTextIfThere(file);
    // Read first: with a damaged journal nothing may be written.
    const { attempts } = journalOf(place.dir);
    const draft =
      input.revise === undefined
        ? fresh(input, place, present)
        : await revised(input.experiment_dir, input.revise, place, present, context);
    const { plan, problems } = await readPlan(draft.text, place, context);
    refuseErrors(
      `${PLAN_FILE} was not ${present === undefined ? 'written' : 'changed'}: the plan would have errors, at these lines of the text that would be written`,
      problems,
    );
    if (plan === undefined) throw new UserError(`${PLAN_FILE} cannot be read`);
    if (input.revise === undefined) refuseLostJobs(plan, attempts);
    const told = [...problems, ...draft.problems];
    if (input.dry_run !== true) {
      makeFolder(place.dir);
      if (present !== draft.text) writeText(file, draft.text);
      told.push(...writeStatus(place.dir, plan.experiment, plan.runs, attempts, context.now()));
    }
    return report(file, plan, draft, present === draft.text, input.dry_run === true, told);
  };
  return input.dry_run === true ? drafted() : withExperimentLock(place.dir, drafted);
}

function fresh(input: PlanRunsInput, place: ExperimentPlace, present: string | undefined): Drafted {
  const given = input.plan?.runs ?? [];
  const runs = [...(input.grid === undefined ? [] : expandGrid(input.grid, input.base)), ...given];
  if (input.grid === undefined && input.base !== undefined)
    throw new UserError('base goes with grid; list base runs in plan.runs with type "base" instead; nothing was written');
  if (runs.length === 0) throw new UserError('give plan.runs, a grid, or revise; nothing was written');
  const text = writePlan({ ...input.plan, experiment: input.plan?.experiment ?? place.name, runs });
  if (present !== undefined && present !== text && input.overwrite !== true) {
    throw new UserError(
      `${join(place.dir, PLAN_FILE)} is there already and differs; pass the changes as revise (it keeps the prose and the other rows), or overwrite: true; nothing was written`,
    );
  }
  return { text, added: present === text ? [] : runs.map(({ run }) => run), changed: [], removed: [], problems: [] };
}

/** A plan written anew must still have the runs that have jobs; a revision looks after that itself. */
function refuseLostJobs(plan: Plan, attempts: ReadonlyMap<string, unknown>): void {
  const names = new Set(fineTuneRuns(plan).map((run) => run.name));
  const lost = [...attempts.keys()].filter((name) => !names.has(name));
  const problems = lost.map(
    (name): Problem => ({
      severity: 'error',
      where: PLAN_FILE,
      what: `run "${name}" cannot be left out: it has jobs`,
      fix: 'keep it in the plan as the fine-tune run that it is, and add new runs beside it',
    }),
  );
  refuseErrors('nothing was written', problems);
}

async function revised(
  experiment_dir: string,
  changes: RevisionInput,
  place: ExperimentPlace,
  present: string | undefined,
  context: Context,
): Promise<Drafted> {
  if (present === undefined) throw noPlan(experiment_dir, place.dir, context.root, 'pass plan or grid to write one');
  const { plan, problems } = await readPlan(present, place, context);
  refuseErrors(`${join(place.dir, PLAN_FILE)} has errors; mend them first; nothing was changed`, problems);
  if (plan === undefined) throw new UserError(`${PLAN_FILE} cannot be read`);
  const launched = new Set(journalOf(place.dir).attempts.keys());
  const { text, added, changed, removed, changedLaunched } = revisePlan(present, plan, changes, launched);
  const notes = changedLaunched.map(
    (run): Problem => ({
      severity: 'warning',
      where: run,
      what: 'its settings changed although it has been launched: its job trains with the old ones',
      fix: 'cancel and retry it, or give the new settings to a new run',
    }),
  );
  return { text, added, changed, removed, problems: notes };
}

function report(
  file: string,
  plan: Plan,
  draft: Drafted,
  unchanged: boolean,
  dry_run: boolean,
  problems: readonly Problem[],
): PlanRunsOutput {
  const trained = fineTuneRuns(plan).length;
  const counts = {
    fine_tune: trained,
    base: plan.runs.length - trained,
    added: draft.added.length,
    changed: draft.changed.length,
    removed: draft.removed.length,
  };
  const did = unchanged ? 'is unchanged' : dry_run ? 'would be written (dry run)' : 'was written';
  return {
    summary: `${PLAN_FILE} ${did}: ${plural(trained, 'fine-tune run')} and ${plural(counts.base, 'base run')}; ${counts.added} added, ${counts.changed} changed, ${counts.removed} removed.`,
    file,
    added: fewNames(draft.added),
    changed: shortList(draft.changed),
    removed: shortList(draft.removed),
    counts,
    next: { tool: 'setup_experiment_dirs', why: `makes the folders of ${plural(plan.runs.length, 'run')}` },
    ...withProblems(problems),
  };
}
