import type { DataFault, DataJudgement, DataNeed } from '../../model/data_set.ts';
import type { Framework } from '../../model/framework.ts';
import { inPlan, type Plan, type PlannedRun, settingsOf } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import { mergedProblems } from '../merged_problems.ts';
import { dataFaults } from './data_faults.ts';
import type { DataSetLook, TrainedRun } from './inputs.ts';

/** What is wrong with the data sets, at their rows of the plan, and what each run would do wrong with them, at its settings. */
export function dataProblems(of: {
  plan: Plan;
  framework: Framework;
  runs: readonly TrainedRun[];
  looks: readonly DataSetLook[];
  judgements: ReadonlyMap<string, DataJudgement>;
  told: ReadonlySet<string>;
}): Problem[] {
  const { plan, framework, runs } = of;
  const byRun = new Map(runs.map(({ run }) => [run.name, run]));
  const problems: { problem: Problem; run: string }[] = [];
  for (const { name, runs: readers, need, finding } of of.looks) {
    const faults = need.hub !== undefined ? [ofHub(name, need.hub)] : finding === undefined ? [] : dataFaults(name, need, finding, of.told);
    for (const reader of readers) {
      const run = byRun.get(reader);
      const config = `${reader}/${framework.config_file}`;
      const where = run === undefined ? config : placeOfData(plan, run, need, config);
      problems.push(...faults.map((fault) => ({ problem: at(fault, where), run: reader })));
    }
  }
  for (const { run } of runs)
    for (const fault of of.judgements.get(run.name)?.faults ?? []) {
      const setting = fault.setting === undefined ? undefined : settingsOf(plan, run).get(fault.setting);
      problems.push({ problem: at(fault, inPlan(setting?.at ?? run.at)), run: run.name });
    }
  return mergedProblems(problems);
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

export const nameOf = (plan: Plan, run: PlannedRun, need: DataNeed): string =>
  sameData(plan, run, need)?.name ?? need.hub ?? need.files[0]?.split('/').at(-1) ?? 'of the config';

const ofHub = (name: string, hub: string): DataFault => ({
  severity: 'warning',
  what: `data set ${name} was not checked: the job looks up "${hub}" by itself`,
  fix: 'see that the compute nodes can reach the hub, or that it is cached where they look',
});
