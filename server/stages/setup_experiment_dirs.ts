import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mustache from 'mustache';
import { type CommentStyle, writeGenerated } from '../experiment/generated_file.ts';
import { withExperimentLock } from '../experiment/lock.ts';
import { isFile, isFolder, refuseLinksOut } from '../experiment/place.ts';
import type { Context } from '../launch/context.ts';
import { type Experiment, openExperiment } from '../launch/experiment.ts';
import { profileOf } from '../launch/open_cluster.ts';
import { clusterExperimentDir } from '../launch/places.ts';
import { makeFolder } from '../model/files.ts';
import { fineTuneRuns, type PlannedRun } from '../model/plan.ts';
import { type Problem, refuseErrors, UserError } from '../model/problem.ts';
import { templatePath } from '../model/template_folder.ts';
import { type Answer, fewNames, plural, withProblems } from './answer.ts';

export interface SetupInput {
  experiment_dir: string;
  overwrite?: boolean | undefined;
  dry_run?: boolean | undefined;
}

export interface SetupOutput extends Answer {
  created: string[];
  updated: string[];
  unchanged: string[];
  kept: string[];
  counts: Record<string, number>;
}

const README_ROWS = 200;
const HTML: CommentStyle = 'html';

/** Makes `<run>/`, `<run>/evaluations/` and the README. No config, no script. */
export async function setupExperimentDirs(input: SetupInput, context: Context): Promise<SetupOutput> {
  const experiment = await openExperiment(input.experiment_dir, context);
  const dry_run = input.dry_run ?? false;
  const readme = await readmeText(experiment, context);
  const problems: Problem[] = [...experiment.problems];
  const created: string[] = [];
  const unchanged: string[] = [];
  const files: Record<'created' | 'updated' | 'unchanged' | 'kept', string[]> = { created, updated: [], unchanged, kept: [] };

  const work = async (): Promise<void> => {
    refuseObstacles(experiment, context);
    for (const run of experiment.plan.runs) {
      const folder = join(experiment.place.dir, run.name);
      const evaluations = join(folder, 'evaluations');
      const complete = isFolder(evaluations);
      if (!complete && !dry_run) makeFolder(evaluations);
      (complete ? unchanged : created).push(`${run.name}/`);
    }
    const written = writeGenerated(join(experiment.place.dir, 'README.md'), readme, HTML, { overwrite: input.overwrite ?? false, dry_run });
    files[written.outcome].push('README.md');
    if (written.diff !== undefined) problems.push(keptFile('README.md', written.diff, 'setup_experiment_dirs'));
    if (!dry_run) verify(experiment);
  };
  await (dry_run ? work() : withExperimentLock(experiment.place.dir, work));

  const would = dry_run ? 'would be ' : '';
  const counts = Object.fromEntries(Object.entries(files).map(([outcome, list]) => [outcome, list.length]));
  return {
    summary: `Folders of ${plural(experiment.plan.runs.length, 'run')}, and README.md: ${created.length} ${would}created, ${unchanged.length} unchanged${files.kept.length > 0 ? ', README.md kept as you edited it' : ''}.`,
    created: fewNames(created),
    updated: files.updated,
    unchanged: fewNames(unchanged),
    kept: files.kept,
    counts,
    next: {
      tool: experiment.framework.config_tool,
      why: `writes ${experiment.framework.config_file} of the ${plural(fineTuneRuns(experiment.plan).length, 'fine-tune run')}`,
    },
    ...withProblems(problems),
  };
}

export const keptFile = (where: string, diff: string, tool: string): Problem => ({
  severity: 'warning',
  where,
  what: `you have edited this file since ${tool} wrote it, so it was kept; the difference:\n${diff}`,
  fix: 'leave it, or call again with overwrite: true to replace it',
});

/** All of them at once, and before the first folder is made. */
function refuseObstacles({ place, plan }: Experiment, context: Context): void {
  const problems: Problem[] = [];
  const refuse = (where: string, what: string): void => void problems.push({ severity: 'error', where, what, fix: 'move it away' });
  const evaluations = plan.runs.map((run) => join(place.dir, run.name, 'evaluations'));
  refuseLinksOut(evaluations, context.root);
  for (const [index, run] of plan.runs.entries()) {
    if (isFile(join(place.dir, run.name))) refuse(run.name, "it is a file where the run's folder belongs");
    else if (isFile(evaluations[index] ?? '')) refuse(`${run.name}/evaluations`, 'it is a file where a folder belongs');
  }
  if (isFolder(join(place.dir, 'README.md'))) refuse('README.md', 'it is a folder where a file belongs');
  refuseErrors(`${place.dir}: something is in the way; nothing was changed`, problems);
}

/** What was promised is looked up, not assumed: a full disk or a network share may have said yes and done nothing. */
function verify({ place, plan }: Experiment): void {
  const missing = plan.runs.filter((run) => !isFolder(join(place.dir, run.name, 'evaluations')));
  if (missing.length > 0)
    throw new UserError(
      `${missing.length} folders are still missing after they were made, the first: ${missing[0]?.name}; check the disk of ${place.dir}`,
    );
}

async function readmeText({ place, plan, framework }: Experiment, context: Context): Promise<string> {
  const profile = await profileOf(context, plan.cluster);
  const trained = fineTuneRuns(plan).length;
  const view = {
    experiment: plan.experiment,
    title: plan.title ?? '',
    counts: `${plural(trained, 'fine-tune run')} and ${plural(plan.runs.length - trained, 'base run')}`,
    framework: plan.framework,
    cluster: plan.cluster,
    cluster_dir: clusterExperimentDir(profile, place),
    config_file: framework.config_file,
    config_tool: framework.config_tool,
    runs: plan.runs.slice(0, README_ROWS).map(readmeRow),
    more: Math.max(0, plan.runs.length - README_ROWS),
  };
  return mustache.render(readFileSync(templatePath('README.md'), 'utf8'), view, undefined, { escape: String });
}

const readmeRow = (run: PlannedRun): Record<string, string> => ({
  name: run.name,
  type: run.type,
  model: run.model,
  dataset: run.dataset ?? '-',
  own: [...run.own].map(([name, setting]) => `${name} ${String(setting.value).replaceAll('|', '\\|')}`).join(', ') || '-',
});
