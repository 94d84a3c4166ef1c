import type { ClusterProfile } from '../../clusters/profile.ts';
import type { PlannedRun } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import type { Context } from '../context.ts';
import type { Experiment } from '../experiment.ts';
import { type InputsLook, lookAtInputs, type TrainedRun } from './inputs.ts';

const NOTHING: InputsLook = { problems: [], judgements: new Map(), findings: [] };

/** What is known of the data before a cluster is asked: where jobs run on this machine, it can be read from here. */
export async function lookAtLocalData(
  experiment: Experiment,
  profile: ClusterProfile,
  texts: readonly { run: PlannedRun; text: () => string }[],
  context: Context,
): Promise<InputsLook> {
  if (profile.connection !== 'local' || texts.length === 0) return NOTHING;
  const connection = await (await context.connections()).connection(profile);
  const { framework } = experiment;
  const runs = texts.map(({ run, text }): TrainedRun => {
    const config = text();
    return { run, config, facts: framework.readConfig(config, `${run.name}/${framework.config_file}`) };
  });
  const { problems, ...look } = await lookAtInputs(experiment, { profile, connection }, runs, context.signal, 'data');
  return { ...look, problems: problems.map(notThereYet) };
}

/** Data may be made after the configs; before a job is submitted, preflight_runs asks for it. */
const notThereYet = (problem: Problem): Problem => (/ is not there: /.test(problem.what) ? { ...problem, severity: 'warning' } : problem);
