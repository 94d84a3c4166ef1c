import { McpServer } from '@modelcontextprotocol/server';
import { VERSION } from '../model/version.ts';
import { PROMPTS } from '../prompts/catalogue.ts';
import { TOOLS } from '../tools/catalogue.ts';
import type { Environment } from './environment.ts';
import { INSTRUCTIONS, READ_ONLY_INSTRUCTIONS } from './instructions.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import { serveSkills } from './skills.ts';
import { registerTools } from './tools.ts';

const DAY_MS = 86_400_000;
/** The same for everybody as long as the process lives. */
const FIXED = { ttlMs: DAY_MS, cacheScope: 'public' } as const;

/** A server with all that runwright offers; in read-only mode without the tools that write, and without their prompts. */
export function createServer(environment: Environment): McpServer {
  const { read_only = false } = environment;
  const server = new McpServer(
    { name: 'runwright', version: VERSION },
    {
      instructions: read_only ? READ_ONLY_INSTRUCTIONS : INSTRUCTIONS,
      cacheHints: { 'tools/list': FIXED, 'prompts/list': FIXED, 'resources/templates/list': FIXED },
    },
  );
  const tools = read_only ? TOOLS.filter(({ annotations }) => annotations.readOnlyHint) : TOOLS;
  const offered = new Set(tools.map(({ name }) => name));
  registerTools(server, tools, environment);
  registerResources(server, environment);
  registerPrompts(
    server,
    PROMPTS.filter(({ tool }) => offered.has(tool)),
    environment,
  );
  serveSkills(server);
  return server;
}
