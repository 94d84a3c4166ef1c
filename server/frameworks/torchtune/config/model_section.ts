import type { Position } from '../../../model/plan.ts';
import type { ModelFacts } from '../versions/registry.ts';
import { type Choices, cellOf } from './choices.ts';
import type { Draft } from './draft.ts';

const LORA_SETTINGS = ['lora_rank', 'lora_alpha', 'lora_dropout', 'lora_modules', 'save_adapter_weights_only'] as const;

/** tokenizer.path and its like, max_seq_len; the prompt's template is the data section's. */
export function tokenizerSection(draft: Draft, model: ModelFacts, choices: Choices, modelDir: string): void {
  draft.fixed('tokenizer._component_', model.tokenizer);
  for (const [argument, file] of Object.entries(model.tokenizer_files)) draft.fixed(`tokenizer.${argument}`, `${modelDir}/${file}`);
  draft.chosen('tokenizer.max_seq_len', choices.maxSeqLen);
}

export function modelSection(
  draft: Draft,
  model: ModelFacts,
  choices: Choices,
  settings: ReadonlyMap<string, { at: Position }>,
  row: Position,
): void {
  const { method } = choices;
  const lora = method.value === 'qlora' ? (model.qlora ?? model.lora) : model.lora;
  const component = method.value === 'full' ? model.full : lora;
  draft.fixed('model._component_', component);
  for (const [name, size] of Object.entries(model.sizes ?? {})) draft.fixed(`model.${name}`, size);
  if (method.value === 'full') {
    for (const name of LORA_SETTINGS) {
      const at = settings.get(name)?.at;
      if (at !== undefined)
        draft.error(at, `${name} means nothing with method full, which trains all weights`, 'remove it, or use method lora');
    }
    return;
  }
  const known = draft.dialect.argumentsOf(component) ?? [];
  const attention = choices.modules.value.filter((name) => name !== 'mlp' && name !== 'output');
  draft.chosen('model.lora_attn_modules', { value: attention, at: choices.modules.at });
  draft.chosen('model.apply_lora_to_mlp', { value: choices.modules.value.includes('mlp'), at: choices.modules.at });
  const output = choices.modules.value.includes('output');
  if (output || known.includes('apply_lora_to_output'))
    draft.chosen('model.apply_lora_to_output', { value: output, at: choices.modules.at });
  draft.chosen('model.lora_rank', choices.rank);
  draft.chosen('model.lora_alpha', choices.alpha);
  draft.chosen('model.lora_dropout', choices.dropout);
  if (method.value === 'dora') {
    if (known.includes('use_dora')) draft.chosen('model.use_dora', { value: true, at: cellOf(method, row) });
    else draft.error(cellOf(method, row), `torchtune has no DoRA for ${model.names[0]}`, 'use method lora or qlora');
  }
  if (method.value === 'qlora' && model.qlora === undefined) draft.chosen('model.quantize_base', { value: true, at: cellOf(method, row) });
}

/** How the weights of a model are read: of the one that is trained, of its teacher or its reference. */
export function writeCheckpointer(draft: Draft, section: string, model: ModelFacts, modelDir: string, outputDir: string): void {
  draft.fixed(`${section}._component_`, 'torchtune.training.FullModelHFCheckpointer');
  draft.fixed(`${section}.checkpoint_dir`, modelDir);
  if ('files' in model.checkpoint) draft.fixed(`${section}.checkpoint_files`, model.checkpoint.files);
  else {
    draft.fixed(`${section}.checkpoint_files.filename_format`, model.checkpoint.format);
    draft.fixed(`${section}.checkpoint_files.max_filename`, model.checkpoint.last);
  }
  draft.fixed(`${section}.recipe_checkpoint`, null);
  draft.fixed(`${section}.output_dir`, outputDir);
  draft.fixed(`${section}.model_type`, model.model_type);
}

export function checkpointerSection(draft: Draft, model: ModelFacts, choices: Choices, modelDir: string, outputDir: string): void {
  writeCheckpointer(draft, 'checkpointer', model, modelDir, outputDir);
  draft.fixed('resume_from_checkpoint', false);
  if (choices.family === 'lora') draft.chosen('save_adapter_weights_only', choices.adapterOnly);
}
