import { existsSync } from 'node:fs';
import type { FileOutcome } from '../experiment/generated_file.ts';
import type { Context } from '../launch/context.ts';
import { openExperiment } from '../launch/experiment.ts';
import { profileOf } from '../launch/open_cluster.ts';
import { runPlaces } from '../launch/places.ts';
import { lookAtLocalData } from '../launch/preflight/local_data.ts';
import { inPlan, type PlannedRun, type Position, settingsOf } from '../model/plan.ts';
import { type Problem, refuseErrors, UserError } from '../model/problem.ts';
import { chooseRuns } from '../model/run_selection.ts';
import { type Answer, fewNames, plural, shortList, withProblems } from './answer.ts';
import { requireRunFolders } from './prerequisites.ts';
import { type FileOutcomes, writeRunFiles } from './write_run_files.ts';

export interface FilesInput {
  experiment_dir: string;
  runs?: string[] | undefined;
  overwrite?: boolean | undefined;
  dry_run?: boolean | undefined;
}

export interface FilesOutput extends Answer {
  created: string[];
  updated: string[];
  unchanged: string[];
  /** Edited by a person, or belonging to a job that has not ended. */
  kept: string[];
  /** Base runs: never trained. */
  skipped: string[];
  counts: Record<FileOutcome | 'skipped', number>;
}

const TOOL = 'create_torchtune_config';

/** Writes `finetune.yaml` of every fine-tune run, or nothing when any run has an error. */
export async function createTorchtuneConfig(input: FilesInput, context: Context): Promise<FilesOutput> {
  const experiment = await openExperiment(input.experiment_dir, context);
  const { place, plan, framework, problems: told } = experiment;
  if (framework.config_tool !== TOOL) {
    throw new UserError(`the plan's framework is ${plan.framework}; run \`${framework.config_tool}\` instead; nothing was changed`);
  }
  const chosen = chooseRuns(plan.runs, input.runs);
  const runs = chosen.filter((run) => run.type === 'fine-tune');
  const skipped = chosen.filter((run) => run.type === 'base').map((run) => run.name);
  requireRunFolders(place.dir, runs);

  const profile = await profileOf(context, plan.cluster);
  const problems: Problem[] = [...told];
  const rendered: { run: PlannedRun; text: () => string }[] = [];
  const missingModels = new Map<string, Problem>();
  for (const run of runs) {
    const places = runPlaces(profile, place, plan, run);
    if ('severity' in places) {
      problems.push(places);
      continue;
    }
    const settings = settingsOf(plan, run);
    const teacher = settings.get('teacher_model');
    for (const [name, dir, at] of [
      [run.model, places.model_dir, run.at],
      [String(teacher?.value), places.teacher_dir, teacher?.at ?? run.at],
    ] as const)
      if (profile.connection === 'local' && dir !== undefined && !missingModels.has(dir) && !existsSync(dir))
        missingModels.set(dir, missingModel(name, dir, plan.models.get(name)?.at ?? at));
    const result = framework.render({ plan, run, settings, places });
    problems.push(...result.problems);
    if ('text' in result) {
      // Held as bytes until every run is known to be sound: the pieces that a text was made of would stay with it.
      const bytes = Buffer.from(result.text);
      rendered.push({ run, text: () => bytes.toString() });
    }
  }
  const sound = onlyOnce([...problems, ...missingModels.values()]);
  refuseErrors(`no ${framework.config_file} was written`, sound);
  const all = [...sound, ...(await lookAtLocalData(experiment, profile, rendered, context)).problems];
  refuseErrors(`no ${framework.config_file} was written`, all);

  const outcomes = await writeRunFiles(place.dir, context.root, framework.config_file, rendered, input, TOOL);
  return {
    ...fileAnswer(framework.config_file, outcomes, skipped, input.dry_run ?? false),
    next: { tool: 'generate_slurm_script', why: `writes finetune.slurm of the ${plural(runs.length, 'fine-tune run')}` },
    ...withProblems([...all, ...outcomes.problems]),
  };
}

const missingModel = (name: string, path: string, at: Position): Problem => ({
  severity: 'error',
  where: inPlan(at),
  what: `model "${name}" is not there: ${path} does not exist`,
  fix: 'download it there, or mend its path under "## Models" (or models_dir in clusters.yaml)',
});

/** A default that is wrong is wrong for every run: it is told once. */
function onlyOnce(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [`${problem.where} ${problem.what}`, problem]));
  return [...seen.values()];
}

export function fileAnswer(
  file: string,
  { byOutcome, held }: FileOutcomes,
  skipped: readonly string[],
  dry_run: boolean,
): Omit<FilesOutput, 'next' | 'problems'> {
  const counts = {
    created: byOutcome.created.length,
    updated: byOutcome.updated.length,
    unchanged: byOutcome.unchanged.length,
    kept: byOutcome.kept.length,
    skipped: skipped.length,
  };
  const parts = [
    `${counts.created} created`,
    ...(counts.updated > 0 ? [`${counts.updated} updated`] : []),
    `${counts.unchanged} unchanged`,
    ...(counts.kept > held.length ? [`${counts.kept - held.length} kept as you edited them`] : []),
    ...(held.length > 0 ? [`${held.length} kept for jobs that have not ended`] : []),
  ];
  const base = skipped.length > 0 ? `; ${plural(skipped.length, 'base run')} skipped: a base run is never trained` : '';
  return {
    summary: `${file}: ${parts.join(', ')}${dry_run ? ' (dry run, nothing was written)' : ''}${base}.`,
    created: fewNames(byOutcome.created),
    updated: fewNames(byOutcome.updated),
    unchanged: fewNames(byOutcome.unchanged),
    kept: shortList(byOutcome.kept),
    skipped: fewNames(skipped),
    counts,
  };
}
