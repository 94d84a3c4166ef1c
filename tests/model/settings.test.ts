import { expect, test } from 'vitest';
import { didYouMean } from '../../server/model/nearest.ts';
import { canonicalSetting, isUnset, SETTINGS } from '../../server/model/settings.ts';

test.each([
  ['lr', '1e-5', 1e-5],
  ['lr', '3E-4', 3e-4],
  ['lora_rank', '64', 64],
  ['packed', 'Yes', true],
  ['compile', 'FALSE', false],
  ['method', 'QLoRA', 'qlora'],
  ['lora_modules', '[q_proj, v_proj]', ['q_proj', 'v_proj']],
  ['time', '90', '01:30:00'],
  ['mem', '48gb', '48G'],
  ['prompt', 'Capitalise: {input}', 'Capitalise: {input}'],
  ['prompt', String.raw`{input}\nAnswer in \boxed{answer} or as {"a": 1}.`, String.raw`{input}\nAnswer in \boxed{answer} or as {"a": 1}.`],
  ['constraint', 'a100&nvlink', 'a100&nvlink'],
])('%s takes %s', (name, text, value) => {
  expect(SETTINGS[name]?.read(text)).toEqual(value);
});

test.each([
  ['lr', '0'],
  ['lr', 'abc'],
  ['lr', '1e-4x'],
  ['lora_rank', '8.0'],
  ['lora_rank', '0'],
  ['epochs', '-1'],
  ['packed', '1'],
  ['lora_modules', 'o_proj'],
  ['dtype', 'fp16'],
  ['prompt', 'no place for it'],
  ['prompt', 'Question: {question} Answer: {input}'],
  ['prompt', 'Say {{input}}'],
  ['partition', 'gpu; rm -rf /'],
  ['partition', 'gpu\n#SBATCH --uid=0'],
  ['account', '$(id)'],
  ['exclude', 'gpu1 gpu2'],
])('%s refuses %j', (name, text) => {
  expect(SETTINGS[name]?.read(text)).toBeUndefined();
});

test('a setting is named in any of the ways in which people write it', () => {
  expect(['LoRA Rank', 'lora-rank', ' lora_rank '].map(canonicalSetting)).toEqual(['lora_rank', 'lora_rank', 'lora_rank']);
});

test('several signs mean "not set here"', () => {
  expect(['-', '', 'N/A', 'n/a', '—', 'none'].every(isUnset)).toBe(true);
  expect(['0', 'false', '--'].some(isUnset)).toBe(false);
});

test('the nearest word is named, and nothing far away', () => {
  expect(didYouMean('lora_ranl', Object.keys(SETTINGS))).toBe('did you mean "lora_rank"?');
  expect(didYouMean('zzzzzz', ['gpu', 'cpu'])).toBe('known: gpu, cpu');
});
