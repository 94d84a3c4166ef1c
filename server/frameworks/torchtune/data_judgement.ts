import type { DataFault, DataFinding, DataJudgement } from '../../model/data_set.ts';
import { at, numberAt, readTree, type Tree } from './config_tree.ts';
import { datasetNodes } from './dataset_needs.ts';
import { packingOf } from './packing.ts';
import { modelOf } from './read_config.ts';
import { launchOf } from './recipe_of.ts';
import { type Steps, stepsOf } from './steps.ts';

/** Less than this share of the rows unused is the price of whole batches. */
const UNUSED_SHARE = 0.25;

/** What a training with this config would do with these data sets; a finding is undefined where nothing was read. */
export function judgeData(config: string, findings: readonly (DataFinding | undefined)[]): DataJudgement {
  const tree = readTree(config, 'the config');
  const whole = findings.filter((finding) => finding !== undefined);
  const faults = whole.flatMap((finding) => lengthFaults(tree, finding));
  const rows = sumOf(whole, ({ rows }) => rows);
  if (rows === undefined || rows === 0 || whole.length < findings.length || whole.some(unusable)) return { faults };
  const { nodes, gpus_per_node } = launchOf(config, tree, 'the config');
  const packing = packingOf(tree, whole, rows);
  const packed = datasetNodes(tree).some((node) => node.packed === true);
  const steps = stepsOf(tree, nodes * gpus_per_node, packed ? packing.packs : rows);
  // An estimate of rows or packs proves nothing by itself.
  const certain = !packed && whole.every(({ partial }) => partial !== true);
  faults.push(
    ...stepFaults(
      tree,
      steps,
      packed ? `about ${packing.packs} packs` : `${certain ? '' : 'about '}${rows} rows`,
      packed ? packing.packs : rows,
      certain,
    ),
  );
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

export const counted = ({ measured, bytes_a_token }: DataFinding['lengths']): string =>
  measured ? "counted with the model's tokenizer on a sample" : `estimated at ${bytes_a_token} bytes a token`;

function lengthFaults(tree: Tree, finding: DataFinding): DataFault[] {
  const { lengths, looked } = finding;
  const faults: DataFault[] = [];
  if (unusable(finding) || looked === 0) return faults;
  const limit = numberAt(tree, 'tokenizer.max_seq_len');
  const how = counted(lengths);
  if (limit === undefined) {
    const model = modelOf(tree);
    if (model !== undefined && lengths.longest > model.max_seq_len)
      faults.push({
        severity: 'warning',
        setting: 'max_seq_len',
        what: `the longest row has about ${lengths.longest} tokens (${how}), and the model takes ${model.max_seq_len}: the job would end with an error at that row`,
        fix: `set max_seq_len to at most ${model.max_seq_len}, which cuts such rows`,
      });
    return faults;
  }
  if (lengths.over > 0)
    faults.push({
      severity: 'warning',
      setting: 'max_seq_len',
      what: `about ${lengths.over} of ${looked} rows are longer than max_seq_len ${limit} and would be cut; the longest has about ${lengths.longest} tokens (${how})`,
      fix: `set max_seq_len to ${roomFor(lengths.longest)}, shorten the rows, or leave it if cut rows are wanted`,
    });
  if (lengths.asked_over > 0 && at(tree, 'dataset.train_on_input') !== true)
    faults.push({
      severity: 'warning',
      setting: 'max_seq_len',
      what: `in about ${lengths.asked_over} of ${looked} rows the prompt alone fills max_seq_len ${limit} (${how}): nothing is left to learn there, and a batch of such rows has the loss NaN`,
      fix: `set max_seq_len to ${roomFor(lengths.longest)}, or remove these rows`,
    });
  return faults;
}

/** The next round length that holds so many tokens. */
const roomFor = (tokens: number): number => 64 * Math.ceil((tokens * 1.1) / 64);

function stepFaults(tree: Tree, steps: Steps, having: string, samples: number, certain: boolean): DataFault[] {
  const batch = numberAt(tree, 'batch_size') ?? 1;
  const accumulation = numberAt(tree, 'gradient_accumulation_steps') ?? 1;
  const factors = [`batch_size ${batch}`, ...(accumulation > 1 ? [`gradient_accumulation_steps ${accumulation}`] : [])];
  const devices = steps.effective_batch / batch / accumulation;
  if (devices > 1) factors.push(`${devices} devices`);
  const needed = factors.length > 1 ? `${factors.join(' x ')} = ${steps.effective_batch}` : `${factors[0]}`;
  if (steps.per_epoch === 0)
    return [
      {
        severity: certain ? 'error' : 'warning',
        setting: 'batch_size',
        what: `${having} are fewer than one step takes (${needed}): the job would train nothing and end as if all were well`,
        fix: 'use a smaller batch_size or gradient_accumulation_steps, or more data',
      },
    ];
  const faults: DataFault[] = [];
  const warmup = numberAt(tree, 'lr_scheduler.num_warmup_steps');
  if (warmup !== undefined && warmup >= steps.total)
    faults.push({
      severity: 'warning',
      setting: 'warmup_steps',
      what: `warmup_steps ${warmup} is not shorter than the run's ${steps.total} steps (${having}), so the learning rate never reaches lr`,
      fix: `set warmup_steps to at most ${Math.max(0, Math.floor(steps.total / 10))}`,
    });
  const used = steps.per_epoch * steps.effective_batch;
  const limited = numberAt(tree, 'max_steps_per_epoch') !== undefined;
  if (!limited && samples - used > UNUSED_SHARE * samples)
    faults.push({
      severity: 'warning',
      setting: 'batch_size',
      what: `of ${having} only ${used} make whole steps (${needed}) in an epoch; the rest is dropped`,
      fix: 'use a smaller batch_size or gradient_accumulation_steps',
    });
  return faults;
}
