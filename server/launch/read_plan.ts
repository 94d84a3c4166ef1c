import type { ExperimentPlace } from '../experiment/place.ts';
import { FRAMEWORK_NAMES, frameworkNamed } from '../frameworks/known.ts';
import type { Framework } from '../model/framework.ts';
import type { Plan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { parsePlan } from '../plan/parse.ts';
import type { Context } from './context.ts';
import { profilesOf } from './open_cluster.ts';

/** The text as a plan of this experiment, checked against the frameworks and clusters that there are. */
export async function readPlan(
  text: string,
  place: ExperimentPlace,
  context: Context,
): Promise<{ plan?: Plan; framework?: Framework; problems: Problem[] }> {
  const profiles = await profilesOf(context);
  return parsePlan(text, {
    framework: frameworkNamed,
    versionOn: (cluster) => profiles.get(cluster)?.framework_version,
    frameworkNames: FRAMEWORK_NAMES,
    clusterNames: [...profiles.keys()],
    folder: place.name,
  });
}
