import { component, isLora, isQuantised, isTrue, type Judged, numberOf, type Rule, type Words } from './rule.ts';

const CHUNKED = /^torchtune\.modules\.loss\.\w+KLWithChunkedOutputLoss$/;
const DEFAULT_CHUNKS = 8;
const TEACHER = 'teacher_model._component_';

const isOfTeacher = ({ recipe }: Judged): boolean => recipe.startsWith('knowledge_distillation_');

/** What of teacher and student differs, where both are known. */
function unlike({ teacher, model }: Judged, size: 'tokenizer' | 'vocab_size'): Words | undefined {
  if (teacher === undefined || model === undefined || teacher[size] === model[size]) return undefined;
  return { teacher: teacher.names[0] ?? '', student: model.names[0] ?? '', its: teacher[size], own: model[size] };
}

/** A student that learns the answers of a larger model. */
export const DISTILLATION_RULES: readonly Rule[] = [
  {
    name: 'student-with-lora',
    why: 'The recipes of knowledge distillation set adapters.',
    torchtune: '`ConfigAttributeError: Missing key lora_rank`',
    what: 'the student of a knowledge distillation is trained with LoRA alone',
    fix: 'use method lora, qlora or dora',
    at: ['model._component_'],
    broken: (config) => isOfTeacher(config) && component(config, 'model').startsWith('torchtune.') && !isLora(config),
  },
  {
    name: 'teacher-of-the-same-family',
    why: 'Both read the same tokens, and their answers are compared token by token.',
    torchtune: 'Ends with an error where the vocabularies differ in size; else says nothing, and the student learns noise.',
    what: 'teacher {teacher} and student {student} have different tokenizers, so their answers cannot be compared',
    fix: 'name a teacher of the same family',
    at: [TEACHER],
    broken: (config) => unlike(config, 'tokenizer'),
  },
  {
    name: 'teacher-with-the-same-words',
    why: 'The teacher gives a probability for each word of the student.',
    torchtune: '`RuntimeError: The size of tensor a (151936) must match the size of tensor b (152064) at non-singleton dimension 1`',
    what: 'teacher {teacher} and student {student} have vocabularies of {its} and {own} words, so their answers cannot be compared',
    fix: 'name a teacher with the same vocabulary',
    at: [TEACHER],
    broken: (config) => unlike(config, 'tokenizer') === undefined && unlike(config, 'vocab_size'),
  },
  {
    name: 'length-within-the-teacher',
    why: 'The teacher reads the same samples.',
    torchtune: '`ValueError: seq_len (187) of input tensor should be smaller than max_seq_len (64)`, at the first batch with such a sample',
    what: '{tokenizer.max_seq_len} {=tokenizer.max_seq_len} is above the {most} tokens that the teacher takes',
    fix: 'use at most {most}',
    at: ['tokenizer.max_seq_len'],
    broken: (config) => {
      const length = numberOf(config, 'tokenizer.max_seq_len');
      const most = config.teacher?.max_seq_len;
      return length !== undefined && most !== undefined && length > most && { most };
    },
  },
  {
    name: 'distilled-on-the-cpu',
    why: 'On the CPU the merge writes into the live weights, and these recipes merge at each save.',
    torchtune: 'Says nothing: from epoch 1 on the base holds the adapter, and the training is wrong.',
    what: 'on the CPU knowledge distillation adds the adapter to the base at each save, whatever is saved',
    fix: 'set epochs to 1',
    at: ['epochs'],
    broken: (config) =>
      isOfTeacher(config) &&
      config.cpu &&
      (numberOf(config, 'epochs') ?? 1) > 1 &&
      !isQuantised(config) &&
      isTrue(config, 'save_adapter_weights_only'),
  },
  {
    name: 'teaching-in-chunks',
    why: 'The recipe makes the logits in chunks.',
    torchtune: "`AttributeError: 'ForwardKLLoss' object has no attribute 'num_output_chunks'`",
    what: '{=kd_loss._component_} does not take the logits in chunks, as the recipe makes them',
    fix: 'use torchtune.modules.loss.ForwardKLWithChunkedOutputLoss, ReverseKLWithChunkedOutputLoss or SymmetricKLWithChunkedOutputLoss',
    at: ['kd_loss._component_'],
    broken: (config) => {
      const loss = component(config, 'kd_loss');
      return loss.startsWith('torchtune.') && !CHUNKED.test(loss);
    },
  },
  {
    name: 'chunks-of-one-size',
    why: 'Both losses read the same chunks.',
    torchtune: '`AssertionError: Number of output chunks for loss_fn and kd_loss_fn must be the same.`',
    what: 'loss.num_output_chunks and kd_loss.num_output_chunks must be equal',
    fix: 'set both, or neither',
    at: ['kd_loss.num_output_chunks', 'loss.num_output_chunks'],
    broken: (config) => {
      const chunks = (section: string): number => numberOf(config, `${section}.num_output_chunks`) ?? DEFAULT_CHUNKS;
      return isOfTeacher(config) && chunks('loss') !== chunks('kd_loss');
    },
  },
];
