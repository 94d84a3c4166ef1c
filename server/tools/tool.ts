import type { z } from 'zod';
import type { Context } from '../launch/context.ts';
import type { ResourceLink } from '../resources/links.ts';

/** One MCP tool. The handler is a plain function: tests call it directly, `mcp/` serves it. */
export interface Tool<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  /** Under 600 characters: what it does, what it does not, which tool does. */
  description: string;
  input: I;
  output: O;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean };
  /** Loads its stage when first called, so that listing the tools loads no parser and no SSH. */
  handler(input: z.output<I>, context: Context): Promise<z.input<O>>;
  /** What the person is asked before the handler acts, where the client can ask; undefined when there is nothing to ask. */
  question?(input: z.output<I>, context: Context): Promise<Question<z.input<I>> | undefined>;
  /** What a person may want to open after the call. */
  links?(input: z.output<I>, context: Context): ResourceLink[];
}

export interface Question<I = Record<string, unknown>> {
  ask: string;
  /** What a yes adds to the arguments. */
  agreed: Partial<I>;
}

export const defineTool = <I extends z.ZodObject, O extends z.ZodObject>(tool: Tool<I, O>): Tool<I, O> => tool;

export const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const;
/** Writes files of its own kind, and the same ones again when called again. */
export const WRITES = { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const;
