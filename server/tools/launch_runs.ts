import { z } from 'zod';
import { answer, experimentDir } from './shapes.ts';
import { defineTool } from './tool.ts';

const why = z.array(z.object({ run: z.string(), why: z.string() }));

export const launchRunsTool = defineTool({
  name: 'launch_runs',
  title: 'Launch runs',
  description:
    'Submits the jobs that a preflight showed, over one connection, and records their ids. Spends the allocation: ask the person first. Refuses when anything changed since the preflight. No job is ever submitted twice: the same call again finishes a launch that was cut off. It does not watch the jobs (monitor_jobs).',
  input: z.strictObject({
    experiment_dir: experimentDir,
    preflight_id: z.string().min(1).describe('From preflight_runs, such as "3f2a9c0d1e4b5a67".'),
    confirm: z
      .boolean()
      .optional()
      .describe('true: the person has agreed in this conversation, so the client need not ask them again. Default: false.'),
  }),
  output: z.object({
    ...answer,
    submitted: z.array(z.object({ run: z.string(), job_id: z.string() })),
    waiting_for_room: why.optional().describe('Launched; later launch_runs or monitor_jobs calls submit them.'),
    already_running: z.array(z.string()),
    uncertain: why,
    refused: z.array(z.object({ run: z.string(), why: z.string(), fix: z.string() })).describe("In the scheduler's own words."),
    counts: z.record(z.string(), z.number()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  handler: async (input, context) => (await import('../stages/launch_runs.ts')).launchRuns(input, context),
  question: async (input, context) => (await import('../stages/launch_question.ts')).launchQuestion(input, context),
});
