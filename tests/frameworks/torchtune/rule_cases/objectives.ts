import { model, type RuleCase, TINY } from './rule_case.ts';

const PAIRS = { format: 'preference', path: '/d/pairs.jsonl' };
const TEACHER = 'Meta-Llama-3.1-8B-Instruct';

/** Training on preferences, and with a teacher. */
export const OBJECTIVE_CASES: readonly RuleCase[] = [
  {
    rule: 'all-weights-of-pairs',
    cells: { method: 'full' },
    example: { dataset: PAIRS },
    tells:
      '40:1: training all weights on preferences needs several GPUs: torchtune has only a distributed recipe for it, which holds the model twice; set gpus to at least 2, or use method lora',
  },
  {
    rule: 'dora-of-pairs',
    cells: { method: 'dora' },
    example: { dataset: PAIRS },
    tells:
      '40:1: lora_dpo_single_device never sets the magnitudes of DoRA, so it would train on whatever lies in memory; use method lora or qlora, or at least 2 GPUs',
  },
  {
    rule: 'loss-of-pairs',
    cells: { 'loss._component_': 'torchtune.modules.loss.CEWithChunkedOutputLoss' },
    example: { dataset: PAIRS },
    tells: '40:1: torchtune.modules.loss.CEWithChunkedOutputLoss does not compare pairs; use torchtune.rlhf.loss.DPOLoss or RSOLoss',
  },
  {
    rule: 'loss-of-pairs',
    cells: { 'loss._component_': 'torch.nn.CrossEntropyLoss' },
    example: { dataset: PAIRS },
    tells: '40:1: torch.nn.CrossEntropyLoss does not compare pairs; use torchtune.rlhf.loss.DPOLoss or RSOLoss',
  },
  {
    rule: 'folder-of-stack-exchange',
    cells: { 'dataset.data_dir': 'data/rl' },
    example: { dataset: { format: 'torchtune.datasets.stack_exchange_paired_dataset', path: 'owner/name' } },
    tells: '40:1: stack_exchange_paired_dataset sets data_dir itself, and would end with an error at a second one; remove it',
  },
  {
    rule: 'student-with-lora',
    cells: { teacher_model: TEACHER, method: 'full' },
    tells: '40:2: the student of a knowledge distillation is trained with LoRA alone; use method lora, qlora or dora',
  },
  {
    rule: 'teacher-of-the-same-family',
    cells: { teacher_model: 'Qwen2.5-7B-Instruct' },
    tells:
      '40:1: teacher Qwen2.5-7B-Instruct and student Llama-3.2-1B-Instruct have different tokenizers, so their answers cannot be compared; name a teacher of the same family',
  },
  {
    rule: 'teacher-with-the-same-words',
    cells: { teacher_model: 'Qwen2.5-7B-Instruct' },
    example: model('Qwen2.5-0.5B-Instruct'),
    tells:
      '40:1: teacher Qwen2.5-7B-Instruct and student Qwen2.5-0.5B-Instruct have vocabularies of 152064 and 151936 words, so their answers cannot be compared; name a teacher with the same vocabulary',
  },
  {
    rule: 'length-within-the-teacher',
    cells: { teacher_model: 'Meta-Llama-3-8B-Instruct', max_seq_len: 16384 },
    tells: '40:2: max_seq_len 16384 is above the 8192 tokens that the teacher takes; use at most 8192',
  },
  {
    rule: 'distilled-on-the-cpu',
    cells: { teacher_model: 'tiny', gpus: 0, epochs: 2, save_adapter_weights_only: true },
    example: TINY,
    tells: '40:3: on the CPU knowledge distillation adds the adapter to the base at each save, whatever is saved; set epochs to 1',
  },
  {
    rule: 'teaching-in-chunks',
    cells: { teacher_model: TEACHER, 'kd_loss._component_': 'torchtune.modules.loss.ForwardKLLoss' },
    tells:
      '40:2: torchtune.modules.loss.ForwardKLLoss does not take the logits in chunks, as the recipe makes them; use torchtune.modules.loss.ForwardKLWithChunkedOutputLoss, ReverseKLWithChunkedOutputLoss or SymmetricKLWithChunkedOutputLoss',
  },
  {
    rule: 'chunks-of-one-size',
    cells: { teacher_model: TEACHER, 'kd_loss.num_output_chunks': 4 },
    tells: '40:2: loss.num_output_chunks and kd_loss.num_output_chunks must be equal; set both, or neither',
  },
  {
    rule: 'loss-of-answers',
    cells: { 'loss._component_': 'torch.nn.NLLLoss' },
    tells: '40:1: torch.nn.NLLLoss is no loss for the answers of a model; remove it, or use torch.nn.CrossEntropyLoss',
  },
  {
    rule: 'loss-of-the-student',
    cells: { teacher_model: TEACHER, 'loss._component_': 'torch.nn.CrossEntropyLoss' },
    tells: '40:2: torch.nn.CrossEntropyLoss does not take the logits in chunks, as the recipe makes them; remove it',
  },
];
