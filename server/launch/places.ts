import { isAbsolute, join, posix } from 'node:path';
import type { ClusterProfile } from '../clusters/profile.ts';
import type { ExperimentPlace } from '../experiment/place.ts';
import type { RunPlaces } from '../model/framework.ts';
import { inPlan, type Plan, type PlannedRun, type Position, settingsOf } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';

/** The experiment's folder on the cluster. Without `experiments_dir` (this machine) it is the folder itself. */
export function clusterExperimentDir(profile: ClusterProfile, place: ExperimentPlace): string {
  return profile.experiments_dir === undefined ? place.dir : posix.join(profile.experiments_dir, place.name);
}

/** True when the cluster sees the very folder that the stages write. */
export const isSameFolder = (profile: ClusterProfile, place: ExperimentPlace): boolean =>
  profile.connection === 'local' && clusterExperimentDir(profile, place) === place.dir;

/** Absolute folders of one run on the cluster, or what is missing to know them. */
export function runPlaces(profile: ClusterProfile, place: ExperimentPlace, plan: Plan, run: PlannedRun): RunPlaces | Problem {
  const run_dir = posix.join(clusterExperimentDir(profile, place), run.name);
  const model_dir = modelDir(profile, plan, run.model, run.at);
  if (typeof model_dir !== 'string') return model_dir;
  const teacher = run.type === 'fine-tune' ? settingsOf(plan, run).get('teacher_model') : undefined;
  if (teacher === undefined) return { run_dir, model_dir };
  const teacher_dir = modelDir(profile, plan, String(teacher.value), teacher.at);
  return typeof teacher_dir === 'string' ? { run_dir, model_dir, teacher_dir } : teacher_dir;
}

/** Where a model lies on the cluster; `at` is the cell that names it. */
function modelDir(profile: ClusterProfile, plan: Plan, name: string, at: Position): string | Problem {
  const model = plan.models.get(name);
  if (model?.path !== undefined) {
    if (isAbsolute(model.path)) return model.path.replace(/(.)\/+$/, '$1');
    return {
      severity: 'error',
      where: inPlan(model.at),
      what: `the path of model "${model.name}" is relative: ${model.path}`,
      fix: 'write the absolute path on the cluster, since the job starts in another folder',
    };
  }
  if (profile.models_dir !== undefined) return join(profile.models_dir, name);
  return {
    severity: 'error',
    where: inPlan(at),
    what: `it is not known where model "${name}" lies on cluster "${profile.name}"`,
    fix: `give it a row under "## Models" with its path, or set models_dir of ${profile.name} in clusters.yaml`,
  };
}
