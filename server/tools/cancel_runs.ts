import { z } from 'zod';
import { answer, experimentDir } from './shapes.ts';
import { defineTool } from './tool.ts';

const names = z.array(z.string());

export const cancelRunsTool = defineTool({
  name: 'cancel_runs',
  title: 'Cancel runs',
  description:
    'Cancels the jobs of the chosen runs. The first call only shows which jobs it would cancel; after the person agreed, the same call with confirm: true cancels them. It deletes no files and changes no plan; monitor_jobs sees the jobs end.',
  input: z.strictObject({
    experiment_dir: experimentDir,
    runs: z.array(z.string().min(1)).min(1).describe('Names or globs of runs; ["*"] for all.'),
    state: z.string().optional().describe('Only jobs in this state, such as "PENDING".'),
    confirm: z.boolean().optional().describe('true: really cancel. Default: false, only show.'),
  }),
  output: z.object({ ...answer, cancelled: names, would_cancel: names, not_running: names }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  handler: async (input, context) => (await import('../stages/cancel_runs.ts')).cancelRuns(input, context),
});
