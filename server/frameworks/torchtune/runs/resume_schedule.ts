import type { Remade } from '../../../model/framework.ts';
import type { Edit } from '../config/edit_config.ts';
import { numberAt, readTree, stringAt } from '../reading/config_tree.ts';
import { lastBar } from './progress_bar.ts';

type Fault = Extract<Remade, { why_not: string }>;

const COSINE = 'torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup';
const HALF_WAVE = 0.5;

/** These go on at the right step only where max_steps_per_epoch cuts an epoch short; else their schedule begins anew. */
const FORGETFUL = /^(?:lora_finetune|lora_dpo|knowledge_distillation)_single_device$|^knowledge_distillation_distributed$/;
const AFRESH = 'start the run afresh (preflight_runs with mode "retry")';

interface Kept {
  edits: readonly Edit[];
  caution?: string;
}

/**
 * What keeps the learning rate where it would have been. A forgetful recipe counts from 0 again after `doneEpochs`; moving the
 * warm-up's end back by the steps done, and stretching the wave by as much, gives every later step the same rate.
 */
export function keepSchedule(config: string, recipe: string, doneEpochs: number, epochs: number, output: string): Kept | Fault {
  const tree = readTree(config, 'finetune.yaml');
  const scheduler = stringAt(tree, 'lr_scheduler._component_');
  if (!FORGETFUL.test(recipe) || scheduler === undefined) return { edits: [] };
  if (scheduler !== COSINE)
    return { edits: [], caution: `${recipe} starts ${scheduler} anew when it goes on, unless max_steps_per_epoch cuts an epoch short` };
  const perEpoch = lastBar(output)?.stepsPerEpoch;
  const limit = numberAt(tree, 'max_steps_per_epoch');
  if (limit !== undefined && (perEpoch === undefined || perEpoch === limit))
    return {
      edits: [],
      caution: `if the data gives exactly ${limit} steps an epoch, max_steps_per_epoch cuts nothing short, and ${recipe} starts the learning rate anew: the first step that it logs must be ${limit * doneEpochs + 1}`,
    };
  if (perEpoch === undefined)
    return {
      why_not: `${recipe} starts the learning rate anew when it goes on, and the log does not tell the steps of an epoch, which would mend it`,
      instead: AFRESH,
    };
  const total = perEpoch * epochs;
  const steps = perEpoch * doneEpochs;
  const warmup = numberAt(tree, 'lr_scheduler.num_warmup_steps') ?? 0;
  if (steps < warmup)
    return {
      why_not: `the warm-up of ${warmup} steps had not ended after ${steps} steps, and ${recipe} starts the learning rate anew when it goes on`,
      instead: AFRESH,
    };
  const cycles = numberAt(tree, 'lr_scheduler.num_cycles') ?? HALF_WAVE;
  const stretch = (total - warmup + steps) / Math.max(1, total - warmup);
  const why = `${recipe} counts its steps from 0 again; so the learning rate goes on as after step ${steps} of ${total}`;
  return {
    edits: [
      { key: 'lr_scheduler.num_warmup_steps', value: warmup - steps, why },
      { key: 'lr_scheduler.num_cycles', value: cycles * stretch, why },
    ],
  };
}
