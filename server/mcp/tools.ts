import type { CallToolResult, InputRequiredResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { experimentNames } from '../experiment/experiment_names.ts';
import type { Context } from '../launch/context.ts';
import { callTool, checkedInput } from '../tools/call.ts';
import type { Tool } from '../tools/tool.ts';
import { agreedInput } from './ask_person.ts';
import { callContext } from './call_context.ts';
import type { Environment } from './environment.ts';
import { errorText } from './error_text.ts';
import { wireSchema } from './wire_schema.ts';

export function registerTools(server: McpServer, tools: readonly Tool[], environment: Environment): void {
  for (const tool of tools) {
    const { name, title, description, annotations } = tool;
    server.registerTool(
      name,
      {
        title,
        description,
        annotations: { title, ...annotations },
        inputSchema: wireSchema(tool.input),
        outputSchema: wireSchema(tool.output),
      },
      async (input: unknown, sdk: ServerContext) => {
        const context = callContext(environment, sdk);
        const before = annotations.readOnlyHint ? undefined : experimentNames(environment.root.dir);
        const result = await answer(server, tool, input, context, sdk);
        if (before !== undefined && before.join('/') !== experimentNames(environment.root.dir).join('/')) server.sendResourceListChanged();
        return result;
      },
    );
  }
}

async function answer(
  server: McpServer,
  tool: Tool,
  input: unknown,
  context: Context,
  sdk: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  try {
    const agreed = await agreedInput(server, tool, input, context, sdk);
    if ('ask' in agreed) return agreed.ask;
    const structuredContent = await callTool(tool, agreed.input, context);
    const links = tool.links?.(checkedInput(tool, agreed.input), context) ?? [];
    const text = { type: 'text' as const, text: JSON.stringify(structuredContent) };
    return { content: [text, ...links.map((link) => ({ type: 'resource_link' as const, ...link }))], structuredContent };
  } catch (error) {
    return { content: [{ type: 'text', text: errorText(tool.name, error, context.signal) }], isError: true };
  }
}
