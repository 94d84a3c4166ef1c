import type { DataFault, DataFinding, DataJudgement, DataNeed } from '../model/data_set.ts';
import type { ConfigFacts, Framework } from '../model/framework.ts';
import { inPlan, type Plan, type PlannedRun, settingsOf } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { dataFaults } from './data_problems.ts';
import { mergedProblems } from './merged_problems.ts';
import type { Cluster } from './open_cluster.ts';
import { lookThere, type SiteLook } from './site_look.ts';
import { spaceProblems, weightProblems } from './site_problems.ts';

/** A fine-tune run with the config that its job would read. */
export interface TrainedRun {
  run: PlannedRun;
  config: string;
  facts: ConfigFacts;
}

export interface InputsLook {
  problems: Problem[];
  /** By run, where its data could be read. */
  judgements: ReadonlyMap<string, DataJudgement>;
  findings: readonly DataSetLook[];
}

/** One data set as some runs read it. */
export interface DataSetLook {
  name: string;
  runs: string[];
  need: DataNeed;
  /** Undefined when it was not looked at. */
  finding: DataFinding | undefined;
}

/** Looks at the data sets, the models' files and the free space of all runs at once, and says what would go wrong. */
export async function lookAtInputs(
  { plan, framework }: { plan: Plan; framework: Framework },
  cluster: Pick<Cluster, 'profile' | 'connection'>,
  runs: readonly TrainedRun[],
  signal: AbortSignal,
  only: 'all' | 'data' = 'all',
): Promise<InputsLook> {
  const needs = runs.map(({ config }) => framework.dataNeeds(config));
  const looks = new Map<string, DataSetLook>();
  for (const [index, { run }] of runs.entries())
    for (const need of needs[index] ?? []) {
      const key = JSON.stringify(need);
      const known = looks.get(key);
      if (known === undefined) looks.set(key, { name: nameOf(plan, run, need), runs: [run.name], need, finding: undefined });
      else known.runs.push(run.name);
    }
  const there = [...looks.values()].filter(({ need }) => need.files.length > 0);
  const weights = new Set(runs.flatMap(({ facts }) => facts.needs.filter(({ what }) => what !== 'the data set').map(({ path }) => path)));
  const space = new Set(runs.flatMap(({ facts }) => facts.writes.slice(0, 1)));
  const data = there.map(({ need }) => need);
  const request = only === 'all' ? { data, weights: [...weights], space: [...space] } : { data, weights: [], space: [] };
  const site = await lookThere(cluster.connection, cluster.profile.setup, request, signal);
  if ('not_checked' in site)
    return { problems: [notChecked(cluster.profile.name, site.not_checked)], judgements: new Map(), findings: [...looks.values()] };
  for (const [index, look] of there.entries()) look.finding = site.data[index];
  const judgements = new Map(
    runs.map(({ run, config }, index) => [
      run.name,
      framework.judgeData(
        config,
        (needs[index] ?? []).map((need) => looks.get(JSON.stringify(need))?.finding),
      ),
    ]),
  );
  return {
    problems: problemsOf(plan, framework, cluster.profile.name, runs, looks, judgements, site),
    judgements,
    findings: [...looks.values()],
  };
}

function problemsOf(
  plan: Plan,
  framework: Framework,
  cluster: string,
  runs: readonly TrainedRun[],
  looks: ReadonlyMap<string, DataSetLook>,
  judgements: ReadonlyMap<string, DataJudgement>,
  site: SiteLook,
): Problem[] {
  const told = new Set(runs.flatMap(({ facts }) => facts.needs.map(({ path }) => path)));
  const byRun = new Map(runs.map((trained) => [trained.run.name, trained]));
  const problems: { problem: Problem; run: string }[] = [];
  for (const { name, runs: readers, need, finding } of looks.values()) {
    const faults = need.hub !== undefined ? [ofHub(name, need.hub)] : finding === undefined ? [] : dataFaults(name, need, finding, told);
    for (const reader of readers) {
      const trained = byRun.get(reader);
      const where = trained === undefined ? reader : placeOfData(plan, trained.run, need, `${reader}/${framework.config_file}`);
      problems.push(...faults.map((fault) => ({ problem: at(fault, where), run: reader })));
    }
  }
  for (const { run } of runs)
    for (const fault of judgements.get(run.name)?.faults ?? []) {
      const setting = fault.setting === undefined ? undefined : settingsOf(plan, run).get(fault.setting);
      problems.push({ problem: at(fault, inPlan(setting?.at ?? run.at)), run: run.name });
    }
  return [...mergedProblems(problems), ...weightProblems(cluster, runs, site.weights), ...spaceProblems(cluster, runs, site.space)];
}

const at = ({ severity, what, fix }: DataFault, where: string): Problem => ({ severity, where, what, fix });

const sameData = (plan: Plan, run: PlannedRun, need: DataNeed) => {
  const planned = run.dataset === undefined ? undefined : plan.datasets.get(run.dataset);
  return planned !== undefined && [...need.files, need.hub].includes(planned.path) ? planned : undefined;
};

/** The plan's row of the data set; a config that a person has pointed elsewhere answers for itself. */
const placeOfData = (plan: Plan, run: PlannedRun, need: DataNeed, config: string): string => {
  const planned = sameData(plan, run, need);
  return planned === undefined ? config : inPlan(planned.at);
};

const nameOf = (plan: Plan, run: PlannedRun, need: DataNeed): string =>
  sameData(plan, run, need)?.name ?? need.hub ?? need.files[0]?.split('/').at(-1) ?? 'of the config';

const ofHub = (name: string, hub: string): DataFault => ({
  severity: 'warning',
  what: `data set ${name} was not checked: the job looks up "${hub}" by itself`,
  fix: 'see that the compute nodes can reach the hub, or that it is cached where they look',
});

const notChecked = (cluster: string, why: string): Problem => ({
  severity: 'warning',
  where: `cluster ${cluster}`,
  what: `data sets, the models' files and free space were not checked: ${why}`,
  fix: `add a line that makes python3 available to setup of ${cluster} in clusters.yaml, or look at them yourself`,
});
