import type { Remade, RunFile } from '../../../model/framework.ts';
import { type Edit, editConfig } from '../config/edit_config.ts';
import { at, numberAt, readTree, type Tree } from '../reading/config_tree.ts';
import { launchOf } from '../reading/recipe_of.ts';
import type { Dialect } from '../versions/dialect.ts';
import { epochFault, epochsOf, RECIPE_STATE, type SavedForm, savedFiles, savedForm } from './checkpoints.ts';
import { keepSchedule } from './resume_schedule.ts';

type Epoch = ReturnType<typeof epochsOf>[number];
type Fault = Extract<Remade, { why_not: string }>;

const RESUMABLE = /^(?:lora|full|qat|qat_lora)_finetune_\w+$|^qat_distributed$|_dpo_|^knowledge_distillation_/;
/** Adam keeps two numbers for each weight; a state with clearly less was cut off while it was written. */
const STATE_PER_WEIGHT = 1.9;

const AFRESH = 'start the run afresh (preflight_runs with mode "retry")';

/** torchtune saves what it needs to go on at the end of each epoch but the last, over that of the epoch before. */
export function resume(dialect: Dialect, config: string, files: readonly RunFile[], output: string): Remade {
  if (dialect.why_no_resume !== undefined) return { why_not: dialect.why_no_resume, instead: AFRESH };
  const tree = readTree(config, 'finetune.yaml');
  const { recipe } = launchOf(config, tree, 'finetune.yaml');
  if (!RESUMABLE.test(recipe)) return { why_not: `the recipe ${recipe} is not known to go on from a checkpoint`, instead: AFRESH };
  if (/_distributed$/.test(recipe) && at(tree, 'model.use_dora') === true)
    return {
      why_not: `${recipe} computes the magnitudes of DoRA anew when it goes on, over those that were trained`,
      instead: AFRESH,
    };
  const epochs = numberAt(tree, 'epochs') ?? 1;
  const form = savedForm(tree);
  const saved = savedFiles(tree, files).files;
  const found = form.async ? lastDistributed(saved, form, epochs) : lastWithState(saved, form, tree, epochs);
  if ('why_not' in found) return found;
  const schedule = keepSchedule(config, recipe, found.epoch + 1, epochs, output);
  if ('why_not' in schedule) return schedule;
  const edits: Edit[] = [
    { key: 'resume_from_checkpoint', value: true, why: `goes on after ${done(found.epoch, epochs)}` },
    ...(form.async ? [] : stateEdits(found, form)),
    ...schedule.edits,
  ];
  const from = done(found.epoch, epochs);
  const cautions = [schedule.caution, dropoutCaution(tree)].filter((caution) => caution !== undefined);
  const remade = editConfig(config, edits);
  return {
    text: `# Resumed after ${from}: this attempt trains the rest.\n${remade.text}`,
    changes: remade.changes,
    from,
    ...(cautions.length > 0 && { caution: cautions.join('; ') }),
  };
}

/** The state holds no random numbers, so those of the first epoch are drawn again. */
const dropoutCaution = (tree: Tree): string | undefined =>
  (numberAt(tree, 'model.lora_dropout') ?? 0) > 0
    ? 'torchtune draws the dropout of its first steps again, so the losses differ a little from those of a run that nobody stopped'
    : undefined;

/** Counted from 1, as people count. */
const done = (epoch: number, epochs: number): string => `epoch ${epoch + 1} of ${epochs}`;

function stateEdits(epoch: Epoch, form: SavedForm): Edit[] {
  const state: Edit = {
    key: 'checkpointer.recipe_checkpoint',
    value: RECIPE_STATE,
    why: "the optimizer's state after that epoch",
  };
  if (form.adapter) {
    const why = 'the adapter of the same epoch as the state; the newest one may be of a later epoch';
    return [{ key: 'checkpointer.adapter_checkpoint', value: `${epoch.name}/adapter_model.pt`, why }, state];
  }
  const shards = [...epoch.files.keys()].filter((name) => /^model-\d+-of-\d+\.\w+$/.test(name)).sort();
  const why = 'weights that go on are read from output_dir, not from checkpoint_dir';
  return [{ key: 'checkpointer.checkpoint_files', value: shards.map((name) => `${epoch.name}/${name}`), why }, state];
}

function lastDistributed(files: readonly RunFile[], form: SavedForm, epochs: number): Epoch | Fault {
  const all = epochsOf(files);
  const finished = all.find((epoch) => !epoch.distributed && epoch.epoch >= epochs - 1 && epochFault(epoch, form, all) === undefined);
  if (finished !== undefined) return isDone(epochs);
  return all.filter((epoch) => epoch.distributed && epochFault(epoch, form, all) === undefined).at(-1) ?? nothingSaved(epochs);
}

function lastWithState(files: readonly RunFile[], form: SavedForm, tree: Tree, epochs: number): Epoch | Fault {
  const all = epochsOf(files).filter((epoch) => !epoch.distributed);
  const whole = all.filter((epoch) => epochFault(epoch, form, all) === undefined);
  const state = files.find(({ path }) => path === RECIPE_STATE);
  // The last epoch saves no state. One that is older than the state is of an earlier start from nothing.
  if (whole.some((epoch) => epoch.epoch >= epochs - 1 && savedAt(epoch) > (state?.modified ?? 0))) return isDone(epochs);
  if (state === undefined) return nothingSaved(epochs);
  // The state is written right after its epoch's weights, which may not be those of the highest number for the same reason.
  const before = all.filter((epoch) => savedAt(epoch) <= state.modified);
  const belongs = before.sort((one, other) => savedAt(one) - savedAt(other)).at(-1);
  if (belongs === undefined || !whole.includes(belongs)) {
    const why = belongs === undefined ? 'no epoch is older than it' : `${belongs.name} is not whole`;
    return { why_not: `${RECIPE_STATE} is there, but not the weights that belong to it: ${why}`, instead: AFRESH };
  }
  const least = leastState(belongs, form, tree);
  if (state.size < least)
    return {
      why_not: `${RECIPE_STATE} was cut off while it was written: it has ${state.size} bytes, and a whole one at least ${least}`,
      instead: AFRESH,
    };
  return belongs;
}

const weightsOf = (epoch: Epoch): RunFile[] =>
  [...epoch.files].filter(([name]) => /^(?:model-.*|adapter_model)\.(?:safetensors|bin|pt)$/.test(name)).map(([, file]) => file);

/** When the last of its weights was written. */
const savedAt = (epoch: Epoch): number => Math.max(0, ...weightsOf(epoch).map(({ modified }) => modified));

/** Bytes below which the state cannot be whole; 0 where the optimizer's needs are not known. */
function leastState(epoch: Epoch, form: SavedForm, tree: Tree): number {
  if (!/^torch\.optim\.Adam/.test(String(at(tree, 'optimizer._component_')))) return 0;
  const trained = form.adapter
    ? (epoch.files.get('adapter_model.pt')?.size ?? 0)
    : weightsOf(epoch).reduce((sum, { size }) => sum + size, 0);
  return Math.floor(trained * STATE_PER_WEIGHT);
}

const isDone = (epochs: number): Fault => ({
  why_not: `all ${epochs} epochs are done and saved; going on would train the last one again, over its checkpoint`,
  instead: 'leave it; to train longer, plan a further run with more epochs',
});

const nothingSaved = (epochs: number): Fault =>
  epochs === 1
    ? {
        why_not: 'epochs is 1, and torchtune saves what it needs to go on only at the end of an epoch that is not the last',
        instead: `${AFRESH} with more time; or plan it as several epochs of max_steps_per_epoch steps, each of which can be gone on from`,
      }
    : { why_not: 'the first epoch did not end, so nothing was saved to go on from', instead: AFRESH };
