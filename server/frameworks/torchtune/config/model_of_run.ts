import type { RenderRequest } from '../../../model/framework.ts';
import { errorInPlan, type PlannedModel, type PlannedRun } from '../../../model/plan.ts';
import type { Problem } from '../../../model/problem.ts';
import type { Dialect } from '../versions/dialect.ts';
import { type ModelFacts, plannedSizes } from '../versions/registry.ts';
import type { Teacher } from './distillation.ts';
import { LLAMA3_SIZES, llama3Facts } from './llama3_builder.ts';
import { unknownModel } from './unknown_model.ts';

/** What is known of the run's model: by its name, by that of the one it was tuned from, or by the sizes that the plan gives its builder. */
export const modelOfRun = (dialect: Dialect, { plan, run }: RenderRequest): ModelFacts | Problem =>
  factsOf(dialect, plan.models.get(run.model), run);

/** The teacher that the plan names; undefined where it names none. */
export function teacherOf(dialect: Dialect, { plan, run, settings, places }: RenderRequest): Teacher | Problem | undefined {
  const setting = settings.get('teacher_model');
  if (setting === undefined || places.teacher_dir === undefined) return undefined;
  const name = String(setting.value);
  const facts = factsOf(dialect, plan.models.get(name), { ...run, model: name, at: setting.at });
  return 'severity' in facts ? facts : { facts, dir: places.teacher_dir };
}

function factsOf(dialect: Dialect, model: PlannedModel | undefined, run: PlannedRun): ModelFacts | Problem {
  if (model?.builder !== undefined) {
    const type = model.sizes.get('model_type')?.value;
    const facts = llama3Facts(model.name, plannedSizes(model), typeof type === 'string' ? type : undefined);
    if (model.builder === 'llama3' && facts !== undefined) return facts;
    if (model.builder !== 'llama3') {
      const base = dialect.modelNamed(model.builder);
      if (base === undefined)
        return errorInPlan(model.at, `there is no builder "${model.builder}"`, 'use llama3, or the name of a known model');
      return { ...base, names: [model.name] };
    }
    const missing = LLAMA3_SIZES.required.filter((name) => !model.sizes.has(name)).join(', ');
    return errorInPlan(model.at, `model ${model.name} lacks ${missing}`, 'add these columns under Models');
  }
  const facts = dialect.modelNamed(model?.name ?? run.model);
  if (facts !== undefined) return facts;
  const { what, fix } = unknownModel(dialect, run.model);
  return errorInPlan(run.at, what, fix);
}
