import { z } from 'zod';

export const experimentDir = z
  .string()
  .min(1)
  .describe('Folder below the experiments root, such as "cap_cross_eval_2025-10-20", or an absolute path.');

export const runs = z.array(z.string().min(1)).min(1).optional().describe('Names of runs, or globs such as "*_rank8". Default: all runs.');

export const overwrite = z
  .boolean()
  .optional()
  .describe('Replace files that a person has edited. Default: false, they are kept and reported.');

export const dryRun = z.boolean().optional().describe('Say what would be written and write nothing. Default: false.');

export const next = z.object({ tool: z.string(), why: z.string() }).describe('The tool to call now, and why.');

export const problems = z
  .array(z.object({ severity: z.enum(['error', 'warning']), where: z.string(), what: z.string(), fix: z.string() }))
  .optional()
  .describe('What needs attention.');

/** Its fields are checked where clusters.yaml's are, so that both say the same. */
export const profileEntry = z.record(z.string(), z.unknown());

const names = z.array(z.string());

/** What every tool answers. */
export const answer = { summary: z.string(), next, problems };

export const fileAnswer = {
  ...answer,
  created: names,
  updated: names,
  unchanged: names,
  kept: names.describe('Edited by a person, or of a job that has not ended, so not replaced.'),
  skipped: names.describe('Base runs: never trained.'),
  counts: z.record(z.string(), z.number()),
};

export const fileInput = z.strictObject({ experiment_dir: experimentDir, runs, overwrite, dry_run: dryRun });
