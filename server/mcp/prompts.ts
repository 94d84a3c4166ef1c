import { completable, type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { experimentNames } from '../experiment/experiment_names.ts';
import type { Prompt } from '../prompts/catalogue.ts';
import { skillBody } from '../prompts/skill_files.ts';
import type { Environment } from './environment.ts';

/** Each skill as a prompt, for clients that know prompts and no skills. */
export function registerPrompts(server: McpServer, prompts: readonly Prompt[], { root }: Environment): void {
  const experiments = (value: string | undefined): string[] => experimentNames(root.dir).filter((name) => name.startsWith(value ?? ''));
  for (const { skill, title, description, argument } of prompts) {
    const text = z.string().optional().describe(argument.description);
    const field = argument.name === 'experiment_dir' ? completable(text, experiments) : text;
    server.registerPrompt(skill, { title, description, argsSchema: z.object({ [argument.name]: field }) }, (input) => {
      const body = skillBody(skill);
      if (body === undefined)
        throw new ProtocolError(ProtocolErrorCode.InternalError, `the skill ${skill} is missing from this installation of runwright`);
      const value = input[argument.name];
      const given = typeof value === 'string' && value !== '' ? `\n\n${argument.name}: ${value}` : '';
      return { messages: [{ role: 'user', content: { type: 'text', text: `${body}${given}` } }] };
    });
  }
}
