import { describe, expect, it } from 'vitest';
import { torchtune } from '../../server/frameworks/torchtune/framework.ts';
import { misspeltModel, modelsOfFamily, untunedModel } from '../../server/model/model_kin.ts';

const KNOWN = torchtune.known_models;

describe('a misspelt model', () => {
  it.each([
    ['Llama-3.2-1B-Instrct', 'Llama-3.2-1B-Instruct'],
    ['meta-llama/Llama-3.2-1B-Instrct', 'Llama-3.2-1B-Instruct'],
    ['Lama-3.2-3B', 'Llama-3.2-3B'],
    ['Llama3.2-1B-Instruct', 'Llama-3.2-1B-Instruct'],
    ['Llama-3.2-1BInstruct', 'Llama-3.2-1B-Instruct'],
    ['Llama-3.2-1-Instruct', 'Llama-3.2-1B-Instruct'],
    ['Llama-3-8B', 'Meta-Llama-3-8B'],
    ['Llama-3-8B-Instruct', 'Meta-Llama-3-8B-Instruct'],
    ['gema-2-9b', 'gemma-2-9b'],
    ['qwen-2.5-7b-instruct', 'Qwen2.5-7B-Instruct'],
    ['Mistral-7B-0.1', undefined],
  ])('%s is meant to be %s', (name, meant) => {
    expect(misspeltModel(name, KNOWN)).toBe(meant);
  });

  it.each([
    ...[
      'Qwen3-8B',
      'Llama-3.2-8B',
      'Llama-3.1-1B',
      'Llama-4-8B',
      'Phi-3-mini-128k-instruct',
      'Phi-3.5-mini-instruct',
      'phi-2',
      'gemma-3-2b',
    ],
    ...['Phi-3-medium-4k-instruct', 'Llama-2-13b-chat-hf', 'gemma-2-2b-it', 'Mistral-7B-v0.3', 'GPT-2', 'CodeLlama-13b-hf', 'phi-4-mini'],
  ])('%s is not: it is another one', (name) => {
    expect(misspeltModel(name, KNOWN)).toBeUndefined();
  });
});

describe('a model of a known generation and size', () => {
  it.each([
    ['gemma-2-2b-it', 'gemma-2-2b'],
    ['Llama-2-13b-chat-hf', 'Llama-2-13b-hf'],
    ['lmsys/Llama-2-7b', 'Llama-2-7b-hf'],
    ['Qwen2.5-Coder-7B-Instruct', 'Qwen2.5-7B-Instruct'],
    ['Mistral-7B-Instruct-v0.1', 'Mistral-7B-v0.1'],
    ['phi-4-reasoning', 'phi-4'],
    ['Mistral-7B-Instruct-v0.3', undefined],
    ['Phi-3-medium-4k-instruct', undefined],
    ['Phi-3-mini-128k-instruct', undefined],
    ['phi-4-mini', undefined],
    ['Qwen2-VL-7B', undefined],
    ['gemma-3-2b', undefined],
    ['GPT-2', undefined],
  ])('%s may have been tuned from %s', (name, base) => {
    expect(untunedModel(name, KNOWN)).toBe(base);
  });
});

describe('the family of a model', () => {
  it.each([
    ['Llama-3.2-8B', ['Llama-3.2-1B-Instruct', 'Llama-3.2-1B', 'Llama-3.2-3B-Instruct', 'Llama-3.2-3B']],
    ['Phi-3-mini-128k-instruct', ['Phi-3-mini-4k-instruct', 'phi-4']],
    ['Mistral-7B-Instruct-v0.3', ['Mistral-7B-v0.1']],
    ['GPT-2', []],
  ])('of %s is told by its likest members', (name, family) => {
    expect(modelsOfFamily(name, KNOWN)).toEqual(family);
  });
});
