import type { Context } from '../launch/context.ts';
import { UserError } from '../model/problem.ts';
import { argumentFaults } from './argument_faults.ts';
import { fencedOutput } from './fenced_output.ts';
import type { Tool } from './tool.ts';

/** Checks the arguments, runs the handler, and gives back only what the output schema names, with what is not ours fenced. */
export async function callTool(tool: Tool, input: unknown, context: Context): Promise<Record<string, unknown>> {
  return fencedOutput(tool.output.parse(await tool.handler(checkedInput(tool, input), context)));
}

export function checkedInput(tool: Tool, input: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(input ?? {});
  if (!parsed.success) throw new UserError(argumentFaults(tool, parsed.error.issues, input));
  return parsed.data;
}
