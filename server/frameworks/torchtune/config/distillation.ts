import type { ModelFacts } from '../versions/registry.ts';
import type { Choices } from './choices.ts';
import type { Draft } from './draft.ts';
import { writeCheckpointer } from './model_section.ts';

/** A larger model whose answers the student learns beside those of the data. */
export interface Teacher {
  facts: ModelFacts;
  dir: string;
}

/** The teacher and what the student loses by differing from it. */
export function distillationSection(draft: Draft, choices: Choices, teacher: Teacher, outputDir: string): void {
  const { at } = choices.asked;
  draft.chosen('teacher_model._component_', { value: teacher.facts.full, at });
  for (const [name, size] of Object.entries(teacher.facts.sizes ?? {})) draft.fixed(`teacher_model.${name}`, size);
  writeCheckpointer(draft, 'teacher_checkpointer', teacher.facts, teacher.dir, outputDir);
  draft.fixed('kd_loss._component_', choices.kdLoss);
  draft.chosen('kd_ratio', { value: choices.kdRatio });
}
