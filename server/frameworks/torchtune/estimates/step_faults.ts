import type { DataFault } from '../../../model/data_set.ts';
import { numberAt, type Tree } from '../reading/config_tree.ts';
import type { Steps } from './steps.ts';

/** Less than this share of the rows unused is the price of whole batches. */
const UNUSED_SHARE = 0.25;

/** What becomes of an epoch's rows, or packs, in whole steps. `samples.certain` is false where their number is an estimate. */
export function stepFaults(tree: Tree, steps: Steps, samples: { count: number; noun: 'row' | 'pack'; certain: boolean }): DataFault[] {
  const { count, certain } = samples;
  const noun = `${samples.noun}s`;
  const having = `${certain ? '' : 'about '}${count} ${count === 1 ? samples.noun : noun}`;
  const batch = numberAt(tree, 'batch_size') ?? 1;
  const accumulation = numberAt(tree, 'gradient_accumulation_steps') ?? 1;
  const factors = [`batch_size ${batch}`, ...(accumulation > 1 ? [`gradient_accumulation_steps ${accumulation}`] : [])];
  const devices = steps.effective_batch / batch / accumulation;
  if (devices > 1) factors.push(`${devices} devices`);
  const needed = factors.length > 1 ? `${steps.effective_batch} (${factors.join(' x ')})` : `${steps.effective_batch}`;
  if (steps.per_epoch === 0)
    return [
      {
        severity: certain ? 'error' : 'warning',
        setting: 'batch_size',
        what: `one step takes ${needed} ${noun}, and the data makes ${having}: the job would train nothing and end as if all were well`,
        fix: 'use a smaller batch_size or gradient_accumulation_steps, or more data',
      },
    ];
  const faults: DataFault[] = [];
  const warmup = numberAt(tree, 'lr_scheduler.num_warmup_steps');
  if (warmup !== undefined && warmup >= steps.total)
    faults.push({
      severity: 'warning',
      setting: 'warmup_steps',
      what: `warmup_steps ${warmup} is not shorter than the run's ${steps.total} ${steps.total === 1 ? 'step' : 'steps'} (${having}), so the learning rate never reaches lr`,
      fix: `set warmup_steps to at most ${Math.max(0, Math.floor(steps.total / 10))}`,
    });
  const used = steps.per_epoch * steps.effective_batch;
  const limited = numberAt(tree, 'max_steps_per_epoch') !== undefined;
  if (!limited && count - used > UNUSED_SHARE * count)
    faults.push({
      severity: 'warning',
      setting: 'batch_size',
      what: `of ${having} only ${used} make whole steps of ${needed} in an epoch; the rest is dropped`,
      fix: 'use a smaller batch_size or gradient_accumulation_steps',
    });
  return faults;
}
