import { readFileSync } from 'node:fs';
import Mustache from 'mustache';
import type { RenderRequest } from '../../../model/framework.ts';
import { errorInPlan } from '../../../model/plan.ts';
import type { Problem } from '../../../model/problem.ts';
import { templatePath } from '../../../model/template_folder.ts';
import { unreadFault } from '../keys/key_faults.ts';
import { applyOwnKeys, foldSettings } from '../keys/plan_keys.ts';
import { checkRules } from '../rules/check_plan.ts';
import { DEFAULT_VERSION, type Dialect } from '../versions/dialect.ts';
import type { ModelFacts } from '../versions/registry.ts';
import { type Choices, chooseFor } from './choices.ts';
import { datasetSection } from './data_section.ts';
import { distillationSection } from './distillation.ts';
import { Draft } from './draft.ts';
import { modelOfRun, teacherOf } from './model_of_run.ts';
import { checkpointerSection, modelSection, tokenizerSection } from './model_section.ts';
import { objectiveOf } from './objective.ts';
import { preferenceSection } from './preferences.ts';
import { quantizerSection } from './quantizer_section.ts';
import { optimizerSection, trainingSection } from './training_section.ts';
import { validationSection } from './validation_section.ts';

const templates = new Map<string, { text: string; keys: ReadonlySet<string> }>();
function template(layout: string): { text: string; keys: ReadonlySet<string> } {
  let found = templates.get(layout);
  if (found === undefined) {
    const text = readFileSync(templatePath(`torchtune/${layout}.yaml`), 'utf8');
    found = { text, keys: new Set([...text.matchAll(/\{\{\{(\w+)\}\}\}/g)].map(([, key]) => key ?? '')) };
    templates.set(layout, found);
  }
  return found;
}

/** `tune run ...` as the header shows it; generate_slurm_script reads the devices back from there. */
const commandOf = ({ distributed, nodes, gpus, recipe }: Choices): string => {
  const launcher = distributed ? `${nodes.value > 1 ? `--nnodes ${nodes.value} ` : ''}--nproc_per_node ${gpus.value} ` : '';
  return `tune run ${launcher}${recipe} --config finetune.yaml`;
};

const defaultsOf = ({ shipped }: Choices, { short }: ModelFacts): string =>
  shipped === undefined
    ? "default: runwright's, since torchtune ships no config for this model and method"
    : `default: as in ${shipped.name}, which torchtune ships${shipped.model === short ? '' : ' for another model'}, unless the comment says otherwise`;

/** What the recipe does not read is not written; where the plan asks for it, it is refused, since torchtune would ignore it without a word. */
function leaveOutUnread(draft: Draft, recipe: string): void {
  const read = draft.dialect.keysOfRecipe(recipe);
  for (const key of draft.sections()) {
    const fault = read.includes(key) ? undefined : unreadFault(draft.dialect, key, recipe);
    if (fault === undefined) continue;
    const at = draft.plannedAt(key);
    const value = draft.value(key);
    if (at !== undefined && value !== null && value !== false) draft.error(at, fault.what, fault.fix);
    draft.remove(key);
  }
}

/** The layout of a config: as torchtune's own of the same recipe. */
const layoutOf = ({ recipe, family }: Choices): string => (recipe === 'full_dpo_distributed' ? 'full_dpo' : family);

/** The file's text, through the template of its layout. */
function fill(draft: Draft, choices: Choices, model: ModelFacts, run: string): string {
  const { text, keys } = template(layoutOf(choices));
  const view = draft.view();
  const more = Object.keys(view)
    .filter((key) => !keys.has(key))
    .map((key) => (view[key]?.startsWith('  ') ? `${key}:\n${view[key]}` : `${key}: ${view[key]}`));
  const header = {
    run,
    recipe: choices.recipe,
    command: commandOf(choices),
    version: versionLine(draft.dialect),
    defaults: defaultsOf(choices, model),
  };
  return Mustache.render(text, { ...view, ...header, more: more.length > 0 ? more.join('\n') : false });
}

const versionLine = (dialect: Dialect): string => (dialect.version === DEFAULT_VERSION ? '' : `# torchtune: ${dialect.version}\n`);

/** One run's finetune.yaml, or everything that is wrong with it. */
export function render(dialect: Dialect, request: RenderRequest): { text: string; problems: Problem[] } | { problems: Problem[] } {
  const { plan, run, settings: given, places } = request;
  const facts = modelOfRun(dialect, request);
  const dataset = run.dataset === undefined ? undefined : plan.datasets.get(run.dataset);
  const { settings, own, problems } = foldSettings(given, run.own);
  const teacher = teacherOf(dialect, request);
  if ('severity' in facts) problems.push(facts);
  if (teacher !== undefined && 'severity' in teacher) problems.push(teacher);
  if (dataset === undefined) {
    const what = run.dataset === undefined ? 'a fine-tune run needs a dataset' : `there is no dataset "${run.dataset}" under Datasets`;
    problems.push(errorInPlan(run.at, what, 'name a row of Datasets in the column dataset'));
  }
  if ('severity' in facts || (teacher !== undefined && 'severity' in teacher) || dataset === undefined) return { problems };

  const artifacts = `${places.run_dir}/artifacts`;
  const { asked, problems: unclear } = objectiveOf(settings, own, dataset);
  problems.push(...unclear);
  const choices = chooseFor(dialect, settings, facts, own, asked);
  const draft = new Draft(dialect, choices.shipped?.values);
  draft.fixed('output_dir', artifacts);
  tokenizerSection(draft, facts, choices, places.model_dir);
  modelSection(draft, facts, choices, settings, run.at);
  checkpointerSection(draft, facts, choices, places.model_dir, artifacts);
  preferenceSection(draft, facts, choices, places.model_dir, artifacts);
  datasetSection(draft, dataset, settings, choices, run.at);
  optimizerSection(draft, choices, own, run.at);
  trainingSection(draft, choices, `${places.run_dir}/logs`);
  if (teacher !== undefined) distillationSection(draft, choices, teacher, artifacts);
  quantizerSection(draft, choices, facts, own);
  validationSection(draft, own);
  leaveOutUnread(draft, choices.recipe);
  applyOwnKeys(draft, own, choices.recipe, artifacts);
  checkRules(draft, choices, facts, teacher?.facts, plan, run);
  problems.push(...draft.problems);
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  return { text: fill(draft, choices, facts, run.name), problems };
}
