import { numberAt, type Tree } from '../reading/config_tree.ts';

export interface Steps {
  /** Rows, or packs, of one optimizer step over all devices. */
  effective_batch: number;
  per_epoch: number;
  total: number;
  epochs: number;
}

/** Devices that share one tensor, or one row, take the same rows. */
const shares = (tree: Tree, devices: number): number =>
  Math.max(1, Math.floor(devices / ((numberAt(tree, 'tensor_parallel_dim') ?? 1) * (numberAt(tree, 'context_parallel_dim') ?? 1))));

/** Rows that one optimizer step takes on all devices together. */
export const effectiveBatch = (tree: Tree, devices: number): number =>
  (numberAt(tree, 'batch_size') ?? 1) * (numberAt(tree, 'gradient_accumulation_steps') ?? 1) * shares(tree, devices);

/** The one recipe that trains on an incomplete last batch. */
const KEEPS_LAST_BATCH = 'knowledge_distillation_distributed';

/** As the recipes of torchtune 0.6.1 count: the rows are dealt to the devices, an incomplete batch is dropped, then an incomplete step. */
export function stepsOf(tree: Tree, recipe: string, devices: number, rows: number): Steps {
  const batch = numberAt(tree, 'batch_size') ?? 1;
  const accumulation = numberAt(tree, 'gradient_accumulation_steps') ?? 1;
  const share = Math.ceil(rows / shares(tree, devices)) / batch;
  const batches = recipe === KEEPS_LAST_BATCH ? Math.ceil(share) : Math.floor(share);
  const whole = Math.floor(batches / accumulation);
  const most = numberAt(tree, 'max_steps_per_epoch');
  const per_epoch = most === undefined || most < 1 ? whole : Math.min(most, whole);
  const epochs = numberAt(tree, 'epochs') ?? 1;
  return { effective_batch: effectiveBatch(tree, devices), per_epoch, total: per_epoch * epochs, epochs };
}
