import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Context } from '../launch/context.ts';
import { UserError } from '../model/problem.ts';
import { checkedInput } from '../tools/call.ts';
import type { Tool } from '../tools/tool.ts';

const KEY = 'agree';

/**
 * Where the client can ask the person, a tool with a question has it asked before it acts; the answer comes with the
 * same call, made once more. A client that cannot ask gets the tool as it is, with its own two steps.
 */
export async function agreedInput(
  server: McpServer,
  tool: Tool,
  input: unknown,
  context: Context,
  sdk: ServerContext,
): Promise<{ input: unknown } | { ask: InputRequiredResult }> {
  if (tool.question === undefined || !canAsk(server, sdk)) return { input };
  const response = inputResponse(sdk.mcpReq.inputResponses, KEY);
  if (response.kind === 'elicit') {
    if (response.action === 'accept') return { input: { ...(input as object), ...agreedPart(sdk.mcpReq.requestState()) } };
    if (response.action === 'decline')
      throw new UserError(`the person declined, so ${tool.name} changed nothing; ask them what they want instead`);
    throw new UserError(
      `the question was closed without an answer, so ${tool.name} changed nothing; ask the person in the conversation, and after a yes call again with confirm`,
    );
  }
  const question = await tool.question(checkedInput(tool, input), context);
  if (question === undefined) return { input };
  return {
    ask: inputRequired({
      // A yes or a no is the whole answer: there is no field to fill in.
      inputRequests: { [KEY]: inputRequired.elicit({ message: question.ask, requestedSchema: { type: 'object', properties: {} } }) },
      requestState: JSON.stringify(question.agreed),
    }),
  };
}

/** What a yes adds to the arguments. It went through the client, so it is checked as any argument is. */
function agreedPart(state: unknown): object {
  try {
    const part: unknown = JSON.parse(String(state));
    return typeof part === 'object' && part !== null ? part : {};
  } catch {
    return {};
  }
}

/** An empty `elicitation` is a form: other kinds came later. */
function canAsk(server: McpServer, sdk: ServerContext): boolean {
  const ofCall = (sdk.mcpReq.envelope as Record<string, ClientCapabilities | undefined> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
  const { elicitation } = ofCall ?? server.server.getClientCapabilities() ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || Object.keys(elicitation).length === 0);
}
