import { z } from 'zod';
import { answer, experimentDir } from './shapes.ts';
import { defineTool } from './tool.ts';

const names = z.array(z.string());

export const cancelRunsTool = defineTool({
  name: 'cancel_runs',
  title: 'Cancel runs',
  description:
    'Cancels the jobs of the chosen runs, by name, by state, or all, in two steps: the first call only shows which jobs it would cancel and gives a cancel_id; after the person agreed, the same call with confirm set to that id cancels exactly those. It deletes no files and changes no plan; monitor_jobs sees the jobs end.',
  input: z.strictObject({
    experiment_dir: experimentDir,
    runs: z.array(z.string().min(1)).min(1).optional().describe('Names or globs of runs; ["*"] for all. May be left out with state.'),
    state: z.string().min(1).optional().describe('Only jobs in this state, such as "PENDING".'),
    confirm: z.string().min(1).optional().describe('The cancel_id of the first call. Without it nothing is cancelled.'),
  }),
  output: z.object({
    ...answer,
    cancelled: names,
    would_cancel: names,
    not_running: names,
    counts: z.record(z.string(), z.number()),
    cancel_id: z.string().optional().describe('Stands for exactly the jobs shown.'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  handler: async (input, context) => (await import('../stages/cancel_runs.ts')).cancelRuns(input, context),
  question: async (input, context) => (await import('../stages/cancel_question.ts')).cancelQuestion(input, context),
});
