import type { DataFinding, DataJudgement } from '../../../model/data_set.ts';
import { readTree } from '../reading/config_tree.ts';
import { launchOf } from '../reading/recipe_of.ts';
import type { Dialect } from '../versions/dialect.ts';
import { datasetNodes } from './dataset_needs.ts';
import { lengthFaults } from './length_faults.ts';
import { packingOf } from './packing.ts';
import { stepFaults } from './step_faults.ts';
import { stepsOf } from './steps.ts';
import { unreadColumn } from './unread_column.ts';

/** What a training with this config would do with these data sets; a finding is undefined where nothing was read. */
export function judgeData(dialect: Dialect, config: string, findings: readonly (DataFinding | undefined)[]): DataJudgement {
  const tree = readTree(config, 'the config');
  const whole = findings.filter((finding) => finding !== undefined);
  const faults = whole.flatMap((finding) => (unusable(finding) ? [] : lengthFaults(dialect, tree, finding)));
  const nodes = datasetNodes(tree);
  for (const [index, dataset] of nodes.entries()) {
    const finding = findings[index];
    if (finding !== undefined) faults.push(...unreadColumn({ ...tree, dataset }, finding));
  }
  const rows = sumOf(whole, ({ rows }) => rows);
  if (rows === undefined || rows === 0 || whole.length < findings.length || whole.some(unusable)) return { faults };
  const { recipe, nodes: machines, gpus_per_node } = launchOf(config, tree, 'the config');
  const packing = packingOf(dialect, tree, whole, rows);
  const packed = nodes.some((node) => node.packed === true);
  const steps = stepsOf(tree, recipe, machines * gpus_per_node, packed ? packing.packs : rows);
  // An estimate of rows or packs proves nothing by itself.
  const certain = !packed && whole.every(({ partial }) => partial !== true);
  const samples = { count: packed ? packing.packs : rows, noun: packed ? ('pack' as const) : ('row' as const), certain };
  faults.push(...stepFaults(tree, steps, samples));
  faults.push(...packing.faults);
  const share =
    tree.max_steps_per_epoch === null || steps.per_epoch === 0
      ? 1
      : Math.min(1, (steps.per_epoch * steps.effective_batch) / (packed ? packing.packs : rows));
  return {
    faults,
    steps_per_epoch: steps.per_epoch,
    steps: steps.total,
    tokens_per_epoch: Math.round(share * whole.reduce((sum, { lengths, rows: of }) => sum + lengths.mean_tokens * (of ?? 0), 0)),
    packing: packing.sentence,
  };
}

const unusable = ({ missing, broken, not_checked, fields }: DataFinding): boolean =>
  missing !== undefined || broken !== undefined || not_checked !== undefined || fields !== undefined;

function sumOf(findings: readonly DataFinding[], count: (finding: DataFinding) => number | null): number | undefined {
  let sum = 0;
  for (const finding of findings) {
    const value = count(finding);
    if (value === null) return undefined;
    sum += value;
  }
  return sum;
}
