import type { DataFinding, DataJudgement, DataNeed } from '../../model/data_set.ts';
import type { ConfigFacts, Framework } from '../../model/framework.ts';
import type { Plan, PlannedRun } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import type { Cluster } from '../open_cluster.ts';
import { dataProblems, nameOf } from './data_problems.ts';
import { lookThere } from './site_look.ts';
import { spaceProblems, weightProblems } from './site_problems.ts';
import { otherVersion } from './version_there.ts';

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
  /** What is installed there is not what the configs are for. */
  other_version?: Problem;
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
  if (runs.length === 0) return { problems: [], judgements: new Map(), findings: [] };
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
  const needed = new Set(runs.flatMap(({ facts }) => facts.needs.map(({ path }) => path)));
  const weights = new Set(runs.flatMap(({ facts }) => facts.needs.filter(({ what }) => what !== 'the data set').map(({ path }) => path)));
  const space = new Set(runs.flatMap(({ facts }) => facts.writes.slice(0, 1)));
  const data = there.map(({ need }) => need);
  const request =
    only === 'all' ? { data, weights: [...weights], space: [...space], package: framework.name } : { data, weights: [], space: [] };
  const site = await lookThere(cluster.connection, cluster.profile.setup, request, signal);
  if ('not_checked' in site)
    return { problems: [notChecked(cluster.profile.name, site.not_checked)], judgements: new Map(), findings: [...looks.values()] };
  for (const [index, look] of there.entries()) look.finding = site.data[index];
  const { name } = cluster.profile;
  const other =
    site.installed === null
      ? undefined
      : otherVersion(framework, site.installed, `cluster ${name}`, `in the plan, or of ${name} in clusters.yaml`);
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
    ...(other !== undefined && { other_version: other }),
    problems: [
      ...(other === undefined ? [] : [other]),
      // Paths of which preflight has told already that nothing is there.
      ...dataProblems({ plan, framework, runs, looks: [...looks.values()], judgements, told: only === 'all' ? needed : new Set() }),
      ...weightProblems(cluster.profile.name, runs, site.weights),
      ...spaceProblems(cluster.profile.name, runs, site.space),
    ],
    judgements,
    findings: [...looks.values()],
  };
}

const notChecked = (cluster: string, why: string): Problem => ({
  severity: 'warning',
  where: `cluster ${cluster}`,
  what: `data sets, the models' files and free space were not checked: ${why}`,
  fix: `add a line that makes python3 available to setup of ${cluster} in clusters.yaml, or look at them yourself`,
});
