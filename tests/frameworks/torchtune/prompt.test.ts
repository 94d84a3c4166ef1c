import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { at, readTree } from '../../../server/frameworks/torchtune/reading/config_tree.ts';
import { problemLine } from '../../../server/model/problem.ts';
import { type Cells, configText, requestFor } from '../example_plan.ts';

type Example = Parameters<typeof requestFor>[1];
const LLAMA_2: Example = { model: 'Llama-2-7b-hf' };
const MISTRAL: Example = { model: 'Mistral-7B-v0.1' };

const userTags = (cells: Cells, example?: Example): unknown =>
  at(readTree(configText(requestFor(cells, example)), 'f'), 'tokenizer.prompt_template.user');
const problemsOf = (cells: Cells, example?: Example): string[] => torchtune.render(requestFor(cells, example)).problems.map(problemLine);

describe('a prompt', () => {
  it('has the line breaks and tabs that a cell cannot hold', () => {
    expect(userTags({ prompt: 'Q:\\t{input}\\nA: ' })).toEqual(['Q:\t', '\nA: ']);
  });

  it('keeps the marks that the tokenizer of Llama 2 or Mistral puts around a user message', () => {
    for (const example of [LLAMA_2, MISTRAL, { model: 'CodeLlama-7b-hf' }])
      expect(userTags({ prompt: 'Capitalise: {input}' }, example)).toEqual(['[INST] Capitalise: ', ' [/INST] ']);
    expect(userTags({ prompt: '[INST] {input} [/INST]' }, LLAMA_2)).toEqual(['[INST] ', ' [/INST]']);
  });

  it('and a system prompt exclude each other where the marks go around both', () => {
    const dataset = { system_prompt: 'Be brief.' };
    expect(problemsOf({ prompt: 'Q: {input}' }, { ...LLAMA_2, dataset })).toEqual([
      'runs_plan.md:20:1: beside prompt, the system_prompt would stand outside of [INST], where this model expects none; write it into prompt: <<SYS>>\\nYou are ...\\n<</SYS>>\\n\\n{input}',
    ]);
    expect(problemsOf({ prompt: 'Q: {input}' }, { ...MISTRAL, dataset })).toEqual([
      'runs_plan.md:20:1: beside prompt, the system_prompt would stand outside of [INST], where this model expects none; write it into prompt, before {input}',
    ]);
    expect(problemsOf({ prompt: 'Q: {input}' }, { ...LLAMA_2, dataset: { format: 'chat' } })).toEqual([
      'runs_plan.md:40:1: with prompt, system messages in the data would stand outside of [INST], where this model expects none; leave prompt out where the data has system messages',
    ]);
  });

  it('that may hold a command of LaTeX is asked about', () => {
    expect(problemsOf({ prompt: 'Find \\theta: {input}\\nAnswer:' })).toEqual([
      'runs_plan.md:40:1: "\\theta" in prompt may be a command of LaTeX, or a tab and "heta"; for the command write `\\\\theta`, in backticks; else put a space after \\t',
    ]);
    expect(userTags({ prompt: 'Find \\\\theta: {input}' })).toEqual(['Find \\theta: ', '']);
    expect(problemsOf({}, { dataset: { system_prompt: 'a \\neq b' } })).toEqual([
      'runs_plan.md:20:1: "\\neq" in system_prompt may be a command of LaTeX, or a line break and "eq"; for the command write `\\\\neq`, in backticks; else put a space after \\n',
    ]);
  });
});

describe('a text of the plan', () => {
  it('has its line breaks as a system prompt too', () => {
    const text = configText(requestFor({}, { dataset: { system_prompt: 'Be brief.\\nBe kind.' } }));
    expect(at(readTree(text, 'f'), 'dataset.new_system_prompt')).toBe('Be brief.\nBe kind.');
    const own = configText(requestFor({ 'dataset.new_system_prompt': 'Be brief.\\nBe kind.' }));
    expect(at(readTree(own, 'f'), 'dataset.new_system_prompt')).toBe('Be brief.\nBe kind.');
  });

  it('in a list of torchtune has its spaces, line breaks and commas within quotes', () => {
    expect(userTags({ 'tokenizer.prompt_template.user': ['"[INST] "', '"a, b\\n"'] })).toEqual(['[INST] ', 'a, b\n']);
    expect(userTags({ 'tokenizer.prompt_template.user': ['"1"', '\' "2" \''] })).toEqual(['1', ' "2" ']);
  });
});

const python = process.env.RUNWRIGHT_PYTHON;
const required = process.env.RUNWRIGHT_REQUIRE_TORCHTUNE === '1';

describe.skipIf(python === undefined && !required)('the real torchtune', () => {
  it('says the same with a prompt that adds nothing as without one', () => {
    const program = `
import json, sys
from torchtune.data import Message
from torchtune.data._prompt_templates import _get_prompt_template
turns = [("user", "Hello"), ("assistant", "Hi"), ("user", "Bye"), ("assistant", "Bye!")]
for theirs, tags in json.load(sys.stdin):
    said = [
        [part.text_content for part in _get_prompt_template(template)([Message(role=role, content=text) for role, text in turns])]
        for template in (theirs, {"user": tuple(tags)})
    ]
    print(said[0] == said[1], said[0][0])
`;
    const input = [
      ['torchtune.models.llama2.Llama2ChatTemplate', userTags({ prompt: '{input}' }, LLAMA_2)],
      ['torchtune.models.mistral.MistralChatTemplate', userTags({ prompt: '{input}' }, MISTRAL)],
    ];
    const run = spawnSync(python ?? 'RUNWRIGHT_PYTHON', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' });
    expect(run.stdout, run.stderr).toBe('True [INST] Hello [/INST] \nTrue [INST] Hello [/INST] \n');
  }, 60_000);
});
