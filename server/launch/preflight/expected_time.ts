import type { ClusterProfile } from '../../clusters/profile.ts';
import type { ConfigFacts } from '../../model/framework.ts';
import { type PlannedRun, settingsOf } from '../../model/plan.ts';
import type { ExpectedTime } from '../../slurm/resources.ts';
import type { Context } from '../context.ts';
import type { Experiment } from '../experiment.ts';
import { type AskedGpus, deviceKey, earlierRuns } from './earlier_runs.ts';
import { epochTime } from './time_estimate.ts';

/** The GPUs that a run asks for: by its plan, else by the profile. */
export function plannedGpus({ plan }: Pick<Experiment, 'plan'>, run: PlannedRun, { defaults }: ClusterProfile): AskedGpus {
  const settings = settingsOf(plan, run);
  const word = (name: string): string | undefined => (settings.get(name)?.value ?? defaults[name])?.toString();
  return { partition: word('partition'), gpu_type: word('gpu_type'), constraint: word('constraint') };
}

/** What each run's training is expected to take, from trainings before it; undefined where there was none like it. */
export async function expectedTimes(
  experiment: Experiment,
  profile: ClusterProfile,
  context: Context,
): Promise<(run: PlannedRun, config: string, facts: ConfigFacts) => ExpectedTime | undefined> {
  const { framework } = experiment;
  const earlier = await earlierRuns(context.root, framework);
  return (run, config, facts) => {
    if (earlier.length === 0) return undefined;
    const device = deviceKey(profile.name, plannedGpus(experiment, run, profile));
    const time = epochTime({ config, facts, device, gpu: '' }, earlier, undefined, framework);
    return time && { seconds: time.seconds_per_epoch * facts.training.epochs, because: time.because };
  };
}
