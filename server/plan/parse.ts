import type { Framework } from '../model/framework.ts';
import { didYouMean, nearest } from '../model/nearest.ts';
import type { Plan, PlannedDataset, PlannedModel, PlannedRun, Settings } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { Complaints } from './complaints.ts';
import { readDocument } from './document.ts';
import { type FrontMatter, readFrontMatter } from './front_matter.ts';
import { ModelNames } from './model_names.ts';
import { readDatasets } from './read_datasets.ts';
import { readDefaults } from './read_defaults.ts';
import { readModels } from './read_models.ts';
import { readRuns } from './read_runs.ts';
import { sectionTables } from './section_tables.ts';

export interface ParseOptions {
  framework: (name: string) => Framework | undefined;
  /** The framework's version that a cluster has, where its profile says so. */
  versionOn?: (cluster: string) => string | undefined;
  /** For the nearest word when the framework is unknown. */
  frameworkNames?: readonly string[] | undefined;
  /** Without it, the cluster's name is taken as it is. */
  clusterNames?: readonly string[] | undefined;
  /** Base name of the experiment's folder. */
  folder?: string | undefined;
}

const TOP = { line: 1, column: 1 };
const EXPERIMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** Reads and checks a plan. `plan` is there only when nothing is wrong; every problem is told at once. */
export async function parsePlan(text: string, options: ParseOptions): Promise<{ plan?: Plan; framework?: Framework; problems: Problem[] }> {
  const complaints = new Complaints();
  if (text.replace(/^\uFEFF/, '').trim() === '') {
    complaints.error(TOP, 'the plan is empty', 'write it with plan_runs, or add front matter and a table under "## Runs"');
    return { problems: complaints.inOrder() };
  }
  const document = readDocument(text);
  const frontMatter = readFrontMatter(document, complaints);
  const framework = await frameworkOf(frontMatter, options, complaints);
  const tables = sectionTables(document, complaints);

  const { models: modelTable, datasets: datasetTable, defaults: defaultTable, runs: runTable } = tables;
  const models: Map<string, PlannedModel> =
    modelTable === undefined ? new Map() : readModels(document, modelTable, framework.value, complaints);
  const datasets: Map<string, PlannedDataset> =
    datasetTable === undefined ? new Map() : readDatasets(document, datasetTable, framework.value, complaints);
  const names = new ModelNames(framework.value, models, complaints);
  const defaults: Settings =
    defaultTable === undefined ? new Map() : readDefaults(document, defaultTable, framework.value, names, complaints);
  const runs: PlannedRun[] =
    runTable === undefined ? [] : readRuns(document, runTable, { framework: framework.value, names, datasets }, complaints);

  const experiment = experimentOf(frontMatter, options, complaints);
  const cluster = clusterOf(frontMatter, options, complaints);
  if (complaints.hasErrors) return { problems: complaints.inOrder() };
  const created = frontMatter.get('created')?.value;
  const version = frontMatter.get('framework_version')?.value;
  const plan: Plan = {
    experiment,
    framework: framework.name,
    ...(version === undefined ? {} : { framework_version: version }),
    cluster,
    ...(created === undefined ? {} : { created }),
    ...(document.title === undefined ? {} : { title: document.title }),
    models,
    datasets,
    defaults,
    runs,
  };
  return { plan, ...(framework.value === undefined ? {} : { framework: framework.value }), problems: complaints.inOrder() };
}

async function frameworkOf(
  frontMatter: FrontMatter,
  options: ParseOptions,
  complaints: Complaints,
): Promise<{ name: string; value: Framework | undefined }> {
  const entry = frontMatter.get('framework');
  const written = entry?.value ?? 'torchtune';
  const value = options.framework(written) ?? options.framework(written.toLowerCase());
  if (value !== undefined) return { name: value.name, value: await inVersion(value, frontMatter, options, complaints) };
  const names = options.frameworkNames ?? ['torchtune'];
  complaints.error(entry?.at ?? TOP, `unknown framework "${written}"`, didYouMean(written, names));
  // The rest is read with the one that was most likely meant: its errors are told now, not after this one is mended.
  return { name: written, value: options.framework(nearest(written, names) ?? '') };
}

/** The plan's own word wins over that of the cluster's profile. */
async function inVersion(
  framework: Framework,
  frontMatter: FrontMatter,
  options: ParseOptions,
  complaints: Complaints,
): Promise<Framework> {
  const entry = frontMatter.get('framework_version');
  const cluster = frontMatter.get('cluster');
  const version = entry?.value ?? options.versionOn?.(cluster?.value ?? 'local');
  const found = version === undefined ? framework : await framework.inVersion(version);
  if (found !== undefined) return found;
  const whose = entry === undefined ? `the profile of ${cluster?.value ?? 'local'} names` : 'the plan names';
  complaints.error(
    entry?.at ?? cluster?.at ?? TOP,
    `${whose} ${framework.name} ${version}, for which no config can be written`,
    `set framework_version to one of ${framework.versions.join(', ')}`,
  );
  return framework;
}

function clusterOf(frontMatter: FrontMatter, { clusterNames }: ParseOptions, complaints: Complaints): string {
  const entry = frontMatter.get('cluster');
  const cluster = entry?.value ?? 'local';
  if (clusterNames !== undefined && !clusterNames.includes(cluster))
    complaints.error(entry?.at ?? TOP, `unknown cluster "${cluster}"`, didYouMean(cluster, clusterNames));
  return cluster;
}

function experimentOf(frontMatter: FrontMatter, { folder }: ParseOptions, complaints: Complaints): string {
  const entry = frontMatter.get('experiment');
  const experiment = entry?.value ?? folder;
  if (experiment === undefined)
    complaints.error(TOP, 'the front matter has no experiment', 'add a line "experiment: NAME" with the folder\'s name');
  else if (!EXPERIMENT.test(experiment))
    complaints.error(
      entry?.at ?? TOP,
      `"${experiment}" cannot name an experiment`,
      'use letters, digits and . _ - , starting with a letter or digit',
    );
  else if (entry !== undefined && folder !== undefined && experiment !== folder)
    complaints.warn(entry.at, `experiment is "${experiment}" but the folder is "${folder}"`, 'make them equal: rename one of them');
  return experiment ?? '';
}
