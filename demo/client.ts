import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { REPOSITORY } from './places.ts';

/** What every tool of the server answers. */
export interface ToolAnswer {
  summary: string;
  next?: { tool: string; why: string };
  problems?: { severity: string; where: string; what: string; fix: string }[];
  [field: string]: unknown;
}

/** The tool refused; the message is the server's own. */
export class ToolRefusal extends Error {
  override readonly name = 'ToolRefusal';
}

export interface ServerSession {
  call(tool: string, input: Record<string, unknown>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** Starts the bundled server as any MCP client does, and speaks to it over stdio. */
export async function openServer(experimentsRoot: string): Promise<ServerSession> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(REPOSITORY, 'dist', 'runwright.js')],
    env: { ...Object.fromEntries(inherited), RUNWRIGHT_EXPERIMENTS: experimentsRoot },
    cwd: experimentsRoot,
    stderr: 'inherit',
  });
  const client = new Client({ name: 'runwright-demo', version: '1.0.0' });
  await client.connect(transport);
  return {
    call: async (tool, input) => {
      const result = await client.callTool({ name: tool, arguments: input }, { timeout: 300_000 });
      const texts = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
      if (result.isError === true) throw new ToolRefusal(`${tool}: ${texts.join('\n')}`);
      if (!isAnswer(result.structuredContent)) throw new Error(`${tool} answered without a summary: ${texts.join('\n')}`);
      return result.structuredContent;
    },
    close: () => client.close(),
  };
}

const isAnswer = (value: unknown): value is ToolAnswer =>
  typeof value === 'object' && value !== null && 'summary' in value && typeof value.summary === 'string';
