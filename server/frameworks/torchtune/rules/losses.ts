import { notYet } from '../config/not_yet.ts';
import { isTorchLoss } from '../versions/other_packages.ts';
import { component, type Judged, type Rule } from './rule.ts';

/** Of answers: they compare the logits with the labels, and leave out the masked ones. */
const OF_ANSWERS = /^torch\.nn\.CrossEntropyLoss$|^torchtune\.modules\.loss\.(?:CEWithChunkedOutputLoss|LinearCrossEntropyLoss)$/;

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
      const isKnown = config.known.isComponent(loss) || isTorchLoss(loss);
      return isOfAnswers(config) && isKnown && !OF_ANSWERS.test(loss) && notYet('loss._component_', loss) === undefined;
    },
  },
];
