import { cellOfDataset, errorInPlan, type PlannedDataset, type Position, type Setting, type Settings } from '../../../model/plan.ts';
import type { Problem } from '../../../model/problem.ts';

/** What a training learns from: answers, pairs of a better and a worse answer (DPO), or a larger model beside the answers. */
export type Objective = 'answers' | 'preferences' | 'distillation';

/** The cell of the plan that asks for it, with the word that stands there; none for answers, which are the rule. */
export interface Asked {
  objective: Objective;
  word?: string;
  at?: Position;
}

const PREFERENCE_DATA = /^(?:preference|torchtune\.datasets\.(?:preference|stack_exchange_paired|hh_rlhf_helpful)_dataset)$/;
const PREFERENCE_LOSS = /^torchtune\.rlhf\.loss\.(?!PPO)/;
const PREFERENCE_ARGUMENT = /^loss\.(?:beta|gamma|label_smoothing)$/;
const PREFERENCE_KEY = /^ref_checkpointer(?:\..+)?$/;
const DISTILLATION_KEY = /^(?:kd_ratio|kd_loss(?:\..+)?|teacher_checkpointer(?:\..+)?)$/;

export const isPreferenceData = (format: string): boolean => PREFERENCE_DATA.test(format);

/** A component of the user's own may yield pairs. */
const isUnknownData = (format: string): boolean => format.includes('.') && !format.startsWith('torchtune.');

/** An argument of a loss that the plan names is that one's: torch.nn.CrossEntropyLoss has a label_smoothing too. */
function asksForPairs(key: string, own: ReadonlyMap<string, Setting>): boolean {
  const loss = own.get('loss._component_')?.value;
  if (key === 'loss._component_') return PREFERENCE_LOSS.test(String(loss));
  return PREFERENCE_KEY.test(key) || (PREFERENCE_ARGUMENT.test(key) && (loss === undefined || PREFERENCE_LOSS.test(String(loss))));
}

/** What the plan asks for, and where it contradicts itself or lacks a part. */
export function objectiveOf(
  settings: Settings,
  own: ReadonlyMap<string, Setting>,
  dataset: PlannedDataset,
): { asked: Asked; problems: Problem[] } {
  const problems: Problem[] = [];
  const error = (at: Position, what: string, fix: string): void => {
    problems.push(errorInPlan(at, what, fix));
  };
  const teacher = settings.get('teacher_model');
  const [keyed] = [...own].filter(([key]) => DISTILLATION_KEY.test(key));
  const [preferring] = [...own].filter(([key]) => asksForPairs(key, own));
  const pairs = isPreferenceData(dataset.format);
  if (teacher === undefined && keyed !== undefined)
    error(keyed[1].at, `${keyed[0]} asks for knowledge distillation, and no teacher is named`, 'set teacher_model to a model of Models');
  if (preferring !== undefined && !pairs && !isUnknownData(dataset.format))
    error(
      preferring[1].at,
      `${preferring[0]} asks for training on preferences (DPO), and data set ${dataset.name} of the format ${dataset.format} has no pairs`,
      `give the data set the format preference, with a chosen and a rejected conversation in each row${preferring[0] === 'loss.label_smoothing' ? '; for answers, set loss._component_ to torch.nn.CrossEntropyLoss, which has it too' : ''}`,
    );
  const learning = teacher === undefined ? keyed : (['teacher_model', teacher] as const);
  if (learning !== undefined) {
    const [word, { at }] = learning;
    if (preferring !== undefined || pairs)
      error(
        at,
        `${word} asks for knowledge distillation, but ${preferring === undefined ? `data set ${dataset.name} has preference pairs` : `${preferring[0]} asks for training on preferences`}: no recipe does both`,
        'keep one of them',
      );
    return { asked: { objective: 'distillation', word, at }, problems };
  }
  if (preferring !== undefined) return { asked: { objective: 'preferences', word: preferring[0], at: preferring[1].at }, problems };
  if (pairs)
    return { asked: { objective: 'preferences', word: `the format ${dataset.format}`, at: cellOfDataset(dataset, 'format') }, problems };
  return { asked: { objective: 'answers' }, problems };
}
