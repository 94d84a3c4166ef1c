import { readFileSync } from 'node:fs';
import Mustache from 'mustache';
import type { RenderRequest } from '../../model/framework.ts';
import { inPlan, type PlannedModel, type PlannedRun, type Position } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import { templatePath } from '../../model/template_folder.ts';
import { type Choices, chooseFor } from './choices.ts';
import { datasetSection } from './data_section.ts';
import { Draft } from './draft.ts';
import { LLAMA3_SIZES, llama3Facts } from './llama3_builder.ts';
import { checkpointerSection, modelSection, tokenizerSection } from './model_section.ts';
import { applyOwnKeys, foldSettings } from './plan_keys.ts';
import { quantizerSection } from './quantizer_section.ts';
import { type ModelFacts, modelNamed, plannedSizes } from './registry.ts';
import { checkRules } from './rules.ts';
import { optimizerSection, trainingSection } from './training_section.ts';

const templates = new Map<string, { text: string; keys: ReadonlySet<string> }>();
function template(family: string): { text: string; keys: ReadonlySet<string> } {
  let found = templates.get(family);
  if (found === undefined) {
    const text = readFileSync(templatePath(`torchtune/${family}.yaml`), 'utf8');
    found = { text, keys: new Set([...text.matchAll(/\{\{\{(\w+)\}\}\}/g)].map(([, key]) => key ?? '')) };
    templates.set(family, found);
  }
  return found;
}

/** `tune run ...` as the header shows it; generate_slurm_script reads the devices back from there. */
const commandOf = ({ distributed, nodes, gpus, recipe }: Choices): string => {
  const launcher = distributed ? `${nodes.value > 1 ? `--nnodes ${nodes.value} ` : ''}--nproc_per_node ${gpus.value} ` : '';
  return `tune run ${launcher}${recipe} --config finetune.yaml`;
};

const defaultsOf = ({ shipped }: Choices): string =>
  shipped === undefined
    ? "default: runwright's, since torchtune ships no config for this model and method"
    : `default: as in ${shipped.name}, which torchtune ships, unless the comment says otherwise`;

const error = (at: Position, what: string, fix: string): Problem => ({ severity: 'error', where: inPlan(at), what, fix });

function factsOf(model: PlannedModel | undefined, run: PlannedRun): ModelFacts | Problem {
  if (model?.builder !== undefined) {
    const type = model.sizes.get('model_type')?.value;
    const facts = llama3Facts(model.name, plannedSizes(model), typeof type === 'string' ? type : undefined);
    if (model.builder === 'llama3' && facts !== undefined) return facts;
    if (model.builder !== 'llama3') return error(model.at, `there is no builder "${model.builder}"`, 'use llama3');
    const missing = LLAMA3_SIZES.required.filter((name) => !model.sizes.has(name)).join(', ');
    return error(model.at, `model ${model.name} lacks ${missing}`, 'add these columns under Models');
  }
  return (
    modelNamed(model?.name ?? run.model) ??
    error(run.at, `torchtune does not know the model "${run.model}"`, 'name a known model, or give it a builder and its sizes under Models')
  );
}

/** The file's text, through the template of the recipe's family. */
function fill(draft: Draft, choices: Choices, run: string): string {
  const { text, keys } = template(choices.family);
  const view = draft.view();
  const more = Object.keys(view)
    .filter((key) => !keys.has(key))
    .map((key) => (view[key]?.startsWith('  ') ? `${key}:\n${view[key]}` : `${key}: ${view[key]}`));
  const header = { run, recipe: choices.recipe, command: commandOf(choices), defaults: defaultsOf(choices) };
  return Mustache.render(text, { ...view, ...header, more: more.length > 0 ? more.join('\n') : false });
}

/** One run's finetune.yaml, or everything that is wrong with it. */
export function render({
  plan,
  run,
  settings: given,
  places,
}: RenderRequest): { text: string; problems: Problem[] } | { problems: Problem[] } {
  const facts = factsOf(plan.models.get(run.model), run);
  const dataset = run.dataset === undefined ? undefined : plan.datasets.get(run.dataset);
  const { settings, own, problems } = foldSettings(given);
  if ('severity' in facts) problems.push(facts);
  if (dataset === undefined) {
    const what = run.dataset === undefined ? 'a fine-tune run needs a dataset' : `there is no dataset "${run.dataset}" under Datasets`;
    problems.push(error(run.at, what, 'name a row of Datasets in the column dataset'));
  }
  if ('severity' in facts || dataset === undefined) return { problems };

  const artifacts = `${places.run_dir}/artifacts`;
  const choices = chooseFor(settings, facts, own);
  const draft = new Draft(choices.shipped?.values);
  draft.fixed('output_dir', artifacts);
  tokenizerSection(draft, facts, choices, places.model_dir, run.at);
  modelSection(draft, facts, choices, settings, run.at);
  checkpointerSection(draft, facts, choices, places.model_dir, artifacts);
  datasetSection(draft, dataset, settings, choices, run.at);
  optimizerSection(draft, choices, run.at);
  trainingSection(draft, choices, `${places.run_dir}/logs`);
  quantizerSection(draft, choices, own);
  applyOwnKeys(draft, own, choices.recipe, artifacts);
  checkRules(draft, choices, facts, run.at);
  problems.push(...draft.problems);
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  return { text: fill(draft, choices, run.name), problems };
}
