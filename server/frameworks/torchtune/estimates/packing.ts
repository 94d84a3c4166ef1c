import type { DataFault, DataFinding } from '../../../model/data_set.ts';
import { numberAt, stringAt, type Tree } from '../reading/config_tree.ts';
import { modelOf } from '../reading/read_config.ts';
import type { Dialect } from '../versions/dialect.ts';
import { datasetNodes } from './dataset_needs.ts';

/** Below this share of padding, packing saves little. */
const WORTH_IT = 0.3;
/** Packs of so many times the positions are slower however much fuller a step is; with less, that depends on the device. */
const MUCH_MORE = 1.25;
/** With fewer steps in an epoch, a schedule has hardly room to rise and fall. */
const FEW_STEPS = 10;

export interface Packing {
  packs: number;
  sentence: string;
  faults: DataFault[];
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** Why this config's data cannot be packed; undefined when it can. */
export function packingFault(dialect: Dialect, tree: Tree): string | undefined {
  const formats = datasetNodes(tree).map((node) => String(node._component_ ?? ''));
  const odd = formats.find((name) => /preference|stack_exchange|hh_rlhf|multimodal|cauldron|llava|vqa/.test(name));
  if (odd !== undefined) return `torchtune cannot pack ${odd.split('.').at(-1)}`;
  if (numberAt(tree, 'tokenizer.max_seq_len') === undefined) return 'packing needs max_seq_len';
  if (modelOf(dialect, tree)?.model_type === 'GEMMA2' && stringAt(tree, 'device') !== 'cpu')
    return 'Gemma 2 cannot train on packed samples on a GPU';
  return undefined;
}

/** What packing does here or would do: whether it is possible, and worth it. */
export function packingOf(dialect: Dialect, tree: Tree, findings: readonly DataFinding[], rows: number): Packing {
  const packed = datasetNodes(tree).some((node) => node.packed === true);
  const fault = packingFault(dialect, tree);
  const scaled = ({ lengths, looked, rows: of }: DataFinding): number => Math.ceil((lengths.packs * (of ?? looked)) / Math.max(1, looked));
  const packs = findings.reduce((sum, finding) => sum + scaled(finding), 0);
  if (fault !== undefined) {
    const faults: DataFault[] = packed
      ? [{ severity: 'error', setting: 'packed', what: `packed is true, but ${fault}`, fix: 'set packed to false, or mend that' }]
      : [];
    return { packs, sentence: `not packed; ${fault}`, faults };
  }
  const weight = (share: (lengths: DataFinding['lengths']) => number): number =>
    findings.reduce((sum, finding) => sum + share(finding.lengths) * (finding.rows ?? 0), 0) / Math.max(1, rows);
  const before = weight(({ padding }) => padding);
  const after = weight(({ packed_padding }) => packed_padding);
  const effect = `about ${packs} packs instead of ${rows} rows, padding ${percent(before)} -> ${percent(after)}`;
  if (!packed) {
    const batch = numberAt(tree, 'batch_size') ?? 1;
    const steps = packs / (batch * (numberAt(tree, 'gradient_accumulation_steps') ?? 1));
    const verdict =
      steps < FEW_STEPS
        ? `not worth it: only ${Math.floor(steps)} steps an epoch would be left`
        : before - after >= WORTH_IT
          ? 'worth it; batch_size then counts packs, so set it anew'
          : batch === 1
            ? `at batch_size 1 there is no padding to save, only steps: a pack holds about ${(rows / Math.max(1, packs)).toFixed(1)} rows`
            : 'hardly worth it';
    return { packs, sentence: `not packed; packing would make ${effect}: ${verdict}`, faults: [] };
  }
  return { packs, sentence: `packed: ${effect}`, faults: more(tree, findings, packs, effect) };
}

/** Every pack is max_seq_len long; a batch of rows is as long as its longest row. */
function more(tree: Tree, findings: readonly DataFinding[], packs: number, effect: string): DataFault[] {
  const positions = packs * (numberAt(tree, 'tokenizer.max_seq_len') ?? 0);
  const unpacked = findings.reduce((sum, { lengths, rows }) => sum + (lengths.mean_tokens * (rows ?? 0)) / (1 - lengths.padding), 0);
  if (unpacked === 0 || positions <= MUCH_MORE * unpacked) return [];
  return [
    {
      severity: 'warning',
      setting: 'packed',
      what: `packing makes it worse here: ${effect}, so an epoch computes about ${percent(positions / unpacked - 1)} more positions`,
      fix: 'set packed to false, or max_seq_len to a multiple of the usual row',
    },
  ];
}
