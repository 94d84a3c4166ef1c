import { z } from 'zod';
import type { Connection } from '../../clusters/connection.ts';
import { runPython } from '../../clusters/python_program.ts';
import type { DataFinding, DataNeed } from '../../model/data_set.ts';

/** In the order in which they are put together: one program, one process, whatever the number of runs. */
const PROGRAM = [
  'json_text',
  'json_rows',
  'table_rows',
  'split',
  'row_faults',
  'column_types',
  'data_set',
  'token_lengths',
  'weights',
  'free_space',
  'installed',
  'main',
];
const TIMEOUT_MS = 120_000;

const count = z.number();
const finding = z.object({
  missing: z.array(z.string()).optional(),
  broken: z.string().optional(),
  not_checked: z.string().optional(),
  fields: z.array(z.string()).optional(),
  rows: count.nullable(),
  looked: count,
  partial: z.boolean().optional(),
  columns: z.array(z.string()),
  faults: z.array(
    z.object({
      kind: z.enum(['missing', 'null', 'not_text', 'empty', 'conversation', 'types', 'late', 'dates']),
      column: z.string(),
      rows: count,
      first: count,
      why: z.string(),
    }),
  ),
  lengths: z.object({
    bytes_a_token: count,
    measured: z.boolean(),
    mean_tokens: count,
    longest: count,
    over: count,
    asked_over: count,
    padding: count,
    packs: count,
    packed_padding: count,
  }),
});
const site = z.object({
  python: z.string(),
  data: z.array(finding),
  weights: z.array(z.object({ path: z.string(), fault: z.string() })),
  space: z.array(
    z.object({
      path: z.string(),
      device: z.string().optional(),
      free: count.optional(),
      quota: z.boolean().optional(),
      fault: z.string().optional(),
    }),
  ),
  installed: z.string().nullable(),
});

export interface SiteRequest {
  data: readonly DataNeed[];
  /** Files of models. */
  weights: readonly string[];
  /** Folders into which jobs write. */
  space: readonly string[];
  /** A Python package whose version is asked for. */
  package?: string;
  /** For reading all data sets; what is longer is counted by its share. */
  seconds?: number;
}

export interface SiteLook {
  /** In the request's order. */
  data: readonly DataFinding[];
  weights: readonly { path: string; fault: string }[];
  space: readonly { path: string; device?: string | undefined; free?: number | undefined; quota?: boolean | undefined }[];
  /** Null where that python has none. */
  installed: string | null;
}

/** Whatever a python prints when it starts comes first. */
export const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** Looks at data, weights, free space and the framework's version where they lie, in one command. Nothing is copied off. */
export async function lookThere(
  connection: Connection,
  setup: readonly string[],
  request: SiteRequest,
  signal: AbortSignal,
): Promise<SiteLook | { not_checked: string }> {
  const files = PROGRAM.map((name) => `preflight/${name}.py`);
  const answer = await runPython(connection, { setup, files, request, timeoutMs: TIMEOUT_MS, signal });
  if ('not_run' in answer) return { not_checked: answer.not_run };
  return site.parse(JSON.parse(lastLine(answer.text)));
}
