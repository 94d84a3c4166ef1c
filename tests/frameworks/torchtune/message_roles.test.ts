import { expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { type Cells, configText, requestFor } from '../example_plan.ts';

const rolesOf = (model: string, dataset: Record<string, string> = {}, cells: Cells = {}): readonly string[] | undefined =>
  torchtune.dataNeeds(configText(requestFor(cells, { model, dataset: { format: 'chat', ...dataset } })))[0]?.roles;

it.each<[string, Record<string, string>, readonly string[] | undefined]>([
  ['Mistral-7B-v0.1', {}, ['user', 'assistant', 'ipython']],
  ['Mistral-7B-v0.1', { prompt_template: 'torchtune.data.ChatMLTemplate' }, ['system', 'user', 'assistant', 'ipython']],
  ['Mistral-7B-v0.1', { format: 'preference' }, ['user', 'assistant', 'ipython']],
  ['Mistral-7B-v0.1', { format: 'instruct' }, undefined],
  ['Llama-2-7b-hf', {}, ['system', 'user', 'assistant']],
  ['Phi-3-mini-4k-instruct', {}, ['system', 'user', 'assistant']],
  ['Llama-3.2-1B-Instruct', {}, undefined],
])('the messages of %s with %j may have the roles %j', (model, dataset, roles) => {
  expect(rolesOf(model, dataset)).toEqual(roles);
});

it('a prompt of the plan takes all roles, for it is a template of its own', () => {
  expect(rolesOf('Mistral-7B-v0.1', {}, { prompt: 'Say: {input}' })).toBeUndefined();
});
