import type { Position } from '../../model/plan.ts';
import { type Choices, cellOf } from './choices.ts';
import type { Draft } from './draft.ts';
import { writeCheckpointer } from './model_section.ts';
import type { ModelFacts } from './registry.ts';

/** A larger model whose answers the student learns beside those of the data. */
export interface Teacher {
  facts: ModelFacts;
  dir: string;
}

const CHUNKED = /^torchtune\.modules\.loss\.\w+KLWithChunkedOutputLoss$/;

/** The teacher and what the student loses by differing from it. */
export function distillationSection(draft: Draft, choices: Choices, teacher: Teacher, outputDir: string): void {
  const { at } = choices.asked;
  draft.chosen('teacher_model._component_', { value: teacher.facts.full, at });
  for (const [name, size] of Object.entries(teacher.facts.sizes ?? {})) draft.fixed(`teacher_model.${name}`, size);
  writeCheckpointer(draft, 'teacher_checkpointer', teacher.facts, teacher.dir, outputDir);
  draft.fixed('kd_loss._component_', choices.kdLoss);
  draft.chosen('kd_ratio', { value: choices.kdRatio });
}

/** What the recipes of knowledge distillation refuse after the job has started, or do wrong without a word. */
export function distillationRules(draft: Draft, choices: Choices, student: ModelFacts, teacher: Teacher, row: Position): void {
  const { method, cpu, epochs } = choices;
  const at = choices.asked.at ?? row;
  if (method.value === 'full')
    draft.error(
      cellOf(method, row),
      'the student of a knowledge distillation is trained with LoRA alone',
      'use method lora, qlora or dora',
    );
  const [big, small] = [teacher.facts, student];
  const names = `teacher ${big.names[0]} and student ${small.names[0]}`;
  if (big.tokenizer !== small.tokenizer)
    draft.error(at, `${names} have different tokenizers, so their answers cannot be compared`, 'name a teacher of the same family');
  else if (big.vocab_size !== small.vocab_size)
    draft.error(
      at,
      `${names} have vocabularies of ${big.vocab_size} and ${small.vocab_size} words, so their answers cannot be compared`,
      'name a teacher with the same vocabulary',
    );
  const length = choices.maxSeqLen.value ?? small.max_seq_len;
  if (length > big.max_seq_len && choices.maxSeqLen.at !== undefined)
    draft.error(
      choices.maxSeqLen.at,
      `max_seq_len ${length} is above the ${big.max_seq_len} tokens that the teacher takes`,
      `use at most ${big.max_seq_len}`,
    );
  if (cpu && epochs.value > 1 && method.value !== 'qlora' && choices.adapterOnly.value)
    draft.error(
      cellOf(epochs, row),
      'on the CPU knowledge distillation adds the adapter to the base at each save, whatever is saved',
      'set epochs to 1',
    );
  lossRules(draft, row);
}

function lossRules(draft: Draft, row: Position): void {
  const loss = draft.string('kd_loss._component_') ?? '';
  const at = draft.plannedAt('kd_loss._component_') ?? row;
  if (loss.startsWith('torchtune.') && !CHUNKED.test(loss))
    draft.error(
      at,
      `${loss} ${draft.dialect.argumentsOf(loss) === undefined ? 'is no loss of torchtune' : 'does not take the logits in chunks, as the recipe makes them'}`,
      'use torchtune.modules.loss.ForwardKLWithChunkedOutputLoss, ReverseKLWithChunkedOutputLoss or SymmetricKLWithChunkedOutputLoss',
    );
  const chunks = draft.plannedAt('kd_loss.num_output_chunks') ?? draft.plannedAt('loss.num_output_chunks');
  if (chunks !== undefined && (draft.value('kd_loss.num_output_chunks') ?? 8) !== (draft.value('loss.num_output_chunks') ?? 8))
    draft.error(chunks, 'loss.num_output_chunks and kd_loss.num_output_chunks must be equal', 'set both, or neither');
  for (const key of ['kd_ratio', 'kd_loss.sym_kd_ratio']) {
    const planned = draft.plannedAt(key);
    const value = draft.value(key);
    if (planned !== undefined && !(typeof value === 'number' && value >= 0 && value <= 1))
      draft.error(planned, `${key} cannot be ${JSON.stringify(value)}`, 'it must be a number from 0 to 1');
  }
}
