import { z } from 'zod';
import type { Context } from '../launch/context.ts';
import { didYouMean } from '../model/nearest.ts';
import { UserError } from '../model/problem.ts';
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

function argumentFaults(tool: Tool, issues: readonly z.core.$ZodIssue[], input: unknown): string {
  const lines = issues.flatMap((issue) => {
    const place = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      const known = argumentsAt(tool.input, issue.path);
      return issue.keys.map(
        (key) => `${place === '' ? '' : `${place}.`}${key}: no such argument${known.length > 0 ? `; ${didYouMean(key, known)}` : ''}`,
      );
    }
    const missing = place !== '' && valueAt(input, issue.path) === undefined;
    return [`${place === '' ? 'arguments' : place}: ${missing ? 'is missing' : issue.message}`];
  });
  return [`${tool.name} was called with arguments that do not fit; nothing was changed`, ...lines].join('\n');
}

/** The arguments that are known at this place of the input; none where any name may stand. */
function argumentsAt(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  const there = path.reduce<unknown>((at, step) => {
    if (at instanceof z.ZodObject) return bare(at.shape[String(step)]);
    return at instanceof z.ZodArray ? bare(at.element) : undefined;
  }, schema);
  return there instanceof z.ZodObject ? Object.keys(there.shape) : [];
}

const bare = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? bare(schema.unwrap()) : schema;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  );
}
