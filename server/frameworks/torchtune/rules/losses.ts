import { notYet } from '../config/not_yet.ts';
import { isTorchLoss } from '../versions/other_packages.ts';
import { component, type Judged, type Rule } from './rule.ts';

/** Of answers: they compare the logits with the labels, and leave out the masked ones. */
const OF_ANSWERS = /^torch\.nn\.CrossEntropyLoss$|^torchtune\.modules\.loss\.(?:CEWithChunkedOutputLoss|LinearCrossEntropyLoss)$/;

/** One of torchtune's or torch's, of which it is known what it compares; another may be the user's own. */
export const isKnownLoss = ({ known }: Judged, loss: string): boolean => known.isComponent(loss) || isTorchLoss(loss);

const isOfAnswers = ({ recipe }: Judged): boolean => /_finetune_|^qat_/.test(recipe);

export const LOSS_RULES: readonly Rule[] = [
  {
    name: 'loss-of-answers',
    why: 'The recipes hand the loss raw logits and the labels, and ask it which label is masked.',
    torchtune:
      "`AttributeError: 'MSELoss' object has no attribute 'ignore_index'`; torch.nn.NLLLoss takes the logits for log probabilities, and trains on that.",
    what: '{=loss._component_} is no loss for the answers of a model',
    fix: 'remove it, or use torch.nn.CrossEntropyLoss',
    at: ['loss._component_'],
    broken: (config) => {
      const loss = component(config, 'loss');
      return isOfAnswers(config) && isKnownLoss(config, loss) && !OF_ANSWERS.test(loss) && notYet('loss._component_', loss) === undefined;
    },
  },
];
