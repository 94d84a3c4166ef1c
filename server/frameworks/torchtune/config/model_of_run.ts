import type { RenderRequest } from '../../../model/framework.ts';
import { nearest } from '../../../model/nearest.ts';
import { errorInPlan, type PlannedModel, type PlannedRun } from '../../../model/plan.ts';
import type { Problem } from '../../../model/problem.ts';
import { DEFAULT_VERSION, type Dialect } from '../versions/dialect.ts';
import { type ModelFacts, plannedSizes } from '../versions/registry.ts';
import type { Teacher } from './distillation.ts';
import { LLAMA3_SIZES, llama3Facts } from './llama3_builder.ts';

/** What is known of the run's model: by its name, or by the sizes that the plan gives its builder. */
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
    if (model.builder !== 'llama3') return errorInPlan(model.at, `there is no builder "${model.builder}"`, 'use llama3');
    const missing = LLAMA3_SIZES.required.filter((name) => !model.sizes.has(name)).join(', ');
    return errorInPlan(model.at, `model ${model.name} lacks ${missing}`, 'add these columns under Models');
  }
  return dialect.modelNamed(model?.name ?? run.model) ?? unknownModel(dialect, run);
}

/** A model tuned from a known one is trained under that one's name, from a folder of its own. */
function unknownModel({ version, known_models }: Dialect, { model, at }: PlannedRun): Problem {
  const near = nearest(model, known_models);
  const what = `torchtune${version === DEFAULT_VERSION ? '' : ` ${version}`} does not know the model "${model}"`;
  if (version === DEFAULT_VERSION && /qwen3/i.test(model))
    return errorInPlan(at, what, 'a nightly of 0.7 knows Qwen 3: set framework_version to nightly where one is installed');
  const sizes = 'a builder and its sizes under Models';
  return near === undefined
    ? errorInPlan(at, what, `name a known model, or give it ${sizes}`)
    : errorInPlan(
        at,
        what,
        `did you mean "${near}"? A model tuned from that has its name too, with a path of its own; any other needs ${sizes}`,
      );
}
