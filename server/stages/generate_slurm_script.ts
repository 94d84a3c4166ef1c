import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Context } from '../launch/context.ts';
import { openExperiment } from '../launch/experiment.ts';
import { mergedProblems } from '../launch/merged_problems.ts';
import { profileOf } from '../launch/open_cluster.ts';
import { clusterExperimentDir } from '../launch/places.ts';
import { expectedTimes, plannedGpus } from '../launch/preflight/expected_time.ts';
import { handMadeProblems } from '../launch/preflight/hand_made.ts';
import { memoryWarning } from '../launch/preflight/memory_warning.ts';
import { SCRIPT_FILE } from '../launch/run_files.ts';
import { digest } from '../model/digest.ts';
import { inPlan, type PlannedRun, settingsOf } from '../model/plan.ts';
import { type Problem, refuseErrors } from '../model/problem.ts';
import { chooseRuns } from '../model/run_selection.ts';
import { VERSION } from '../model/version.ts';
import { chooseResources } from '../slurm/resources.ts';
import { renderScript } from '../slurm/script.ts';
import { plural, withProblems } from './answer.ts';
import { type FilesInput, type FilesOutput, fileAnswer } from './create_torchtune_config.ts';
import { requireFiles, requireRunFolders } from './prerequisites.ts';
import { writeRunFiles } from './write_run_files.ts';

const TOOL = 'generate_slurm_script';

export interface ScriptOutput extends FilesOutput {
  /** What every chosen run asks for, with the reason; differing runs are grouped. */
  resources: { runs: number; asks: string; because: string[] }[];
}

/** Writes `finetune.slurm` of every fine-tune run from the plan, the cluster's profile and the config. */
export async function generateSlurmScript(input: FilesInput, context: Context): Promise<ScriptOutput> {
  const experiment = await openExperiment(input.experiment_dir, context);
  const { place, plan, framework, problems: told } = experiment;
  const chosen = chooseRuns(plan.runs, input.runs);
  const runs = chosen.filter((run) => run.type === 'fine-tune');
  const skipped = chosen.filter((run) => run.type === 'base').map((run) => run.name);
  requireRunFolders(place.dir, runs);
  requireFiles(place.dir, runs, framework.config_file, framework.config_tool);

  const profile = await profileOf(context, plan.cluster);
  const experimentDir = clusterExperimentDir(profile, place);
  const problems: Problem[] = [...told];
  const texts: { run: PlannedRun; text: () => string }[] = [];
  const asked = new Map<string, { runs: number; asks: string; because: string[] }>();
  const expectedFor = await expectedTimes(experiment, profile, context);
  const tight: { problem: Problem; run: string }[] = [];
  for (const run of runs) {
    const config = readFileSync(join(place.dir, run.name, framework.config_file), 'utf8');
    const facts = framework.readConfig(config, `${run.name}/${framework.config_file}`);
    problems.push(...handMadeProblems(framework, config, run.name));
    const chosenResources = chooseResources({
      settings: settingsOf(plan, run),
      defaults: profile.defaults,
      facts,
      expected: expectedFor(run, config, facts),
    });
    const gpus = plannedGpus(experiment, run, profile);
    for (const problem of memoryWarning({ where: inPlan(run.at), config, facts, ...gpus }, framework))
      tight.push({ problem, run: run.name });
    problems.push(...chosenResources.problems.map((problem) => ({ ...problem, where: problem.where === '' ? run.name : problem.where })));
    const because = chosenResources.reasons.map(({ what, why }) => `${what}: ${why}`);
    const known = asked.get(because.join('\n'));
    if (known === undefined)
      asked.set(because.join('\n'), { runs: 1, asks: chosenResources.reasons.map(({ what }) => what).join(', '), because });
    else known.runs += 1;
    const run_dir = posix.join(experimentDir, run.name);
    const config_path = posix.join(run_dir, framework.config_file);
    const config_digest = digest(config);
    const after = framework.afterTraining(config);
    texts.push({
      run,
      text: () =>
        renderScript({
          experiment: plan.experiment,
          run: run.name,
          run_dir,
          resources: chosenResources.resources,
          config_path,
          config_digest,
          launch: framework.launchCommand(facts, config_path),
          setup: profile.setup,
          env: profile.env,
          gpu_request: profile.gpu_request,
          runwright_version: VERSION,
          writes: facts.writes,
          metrics_file: framework.metrics_file,
          after,
        }),
    });
  }
  problems.push(...mergedProblems(tight));
  refuseErrors(`no ${SCRIPT_FILE} was written`, problems);
  const outcomes = await writeRunFiles(place.dir, context.root, SCRIPT_FILE, texts, input, TOOL);
  return {
    ...fileAnswer(SCRIPT_FILE, outcomes, skipped, input.dry_run ?? false),
    resources: [...asked.values()].slice(0, 5),
    next: {
      tool: 'preflight_runs',
      why: `checks ${plural(runs.length, 'job')} against cluster ${plan.cluster} and shows what would be submitted`,
    },
    ...withProblems([...problems, ...outcomes.problems]),
  };
}
