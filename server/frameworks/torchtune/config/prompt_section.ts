import { readLineBreaks, unclearLineBreak } from '../../../model/line_breaks.ts';
import { cellOfDataset, type PlannedDataset, type Position } from '../../../model/plan.ts';
import { type Choices, cellOf } from './choices.ts';
import type { Draft } from './draft.ts';

/** Of tokenizers that put marks around each user message: a template of the plan's takes their place, so it must have them. */
const USER_MARKS: Readonly<Record<string, readonly [string, string]>> = {
  'torchtune.models.llama2.llama2_tokenizer': ['[INST] ', ' [/INST] '],
  'torchtune.models.mistral.mistral_tokenizer': ['[INST] ', ' [/INST] '],
};
const LLAMA2 = 'torchtune.models.llama2.llama2_tokenizer';

/** A text of the plan with the line breaks that it means. */
export function textOfPlan(draft: Draft, name: string, text: string, at: Position): string {
  const unclear = unclearLineBreak(text);
  if (unclear !== undefined) {
    const [, letter = '', rest = ''] = /^\\(.)(.*)$/.exec(unclear) ?? [];
    draft.error(
      at,
      `"${unclear}" in ${name} may be a command of LaTeX, or a ${letter === 'n' ? 'line break' : 'tab'} and "${rest}"`,
      `for the command write \`\\${unclear}\`, in backticks; else put a space after \\${letter}`,
    );
  }
  return readLineBreaks(text);
}

/** torchtune's data sets take no prompt: its tokenizers put the text around each user message. */
export function promptSection(draft: Draft, dataset: PlannedDataset, { prompt }: Choices, row: Position): void {
  const at = cellOf(prompt, row);
  if (dataset.prompt_template !== undefined) {
    if (prompt.value !== null)
      draft.error(at, `prompt and the prompt_template of data set ${dataset.name} exclude each other`, 'remove one of them');
    draft.chosen('tokenizer.prompt_template', { value: dataset.prompt_template, at: cellOfDataset(dataset, 'prompt_template') });
    return;
  }
  if (prompt.value === null) return;
  if (dataset.format === 'completion') {
    draft.error(at, 'format completion has no prompt to put text around', 'remove prompt');
    return;
  }
  const [before, after, ...more] = textOfPlan(draft, 'prompt', prompt.value, at).split('{input}');
  if (before === undefined || after === undefined || more.length > 0) {
    draft.error(at, 'prompt has {input} more than once', 'keep one {input}');
    return;
  }
  const marks = marksFor(draft, dataset, `${before}${after}`, at);
  draft.chosen('tokenizer.prompt_template.user', { value: [`${marks[0]}${before}`, `${after}${marks[1]}`], at });
}

function marksFor(draft: Draft, dataset: PlannedDataset, text: string, at: Position): readonly [string, string] {
  const tokenizer = draft.string('tokenizer._component_') ?? '';
  const marks = USER_MARKS[tokenizer];
  if (marks === undefined) return ['', ''];
  if (dataset.system_prompt !== undefined)
    draft.error(
      cellOfDataset(dataset, 'system_prompt'),
      `beside prompt, the system_prompt would stand outside of [INST], where this model expects none`,
      tokenizer === LLAMA2 ? 'write it into prompt: <<SYS>>\\nYou are ...\\n<</SYS>>\\n\\n{input}' : 'write it into prompt, before {input}',
    );
  else if (dataset.format === 'chat')
    draft.warning(
      at,
      'with prompt, system messages in the data would stand outside of [INST], where this model expects none',
      'leave prompt out where the data has system messages',
    );
  return text.includes('[INST]') ? ['', ''] : marks;
}
