import { z } from 'zod';
import { answer, experimentDir } from './shapes.ts';
import { defineTool, READS } from './tool.ts';

export const experimentStatusTool = defineTool({
  name: 'experiment_status',
  title: 'Experiment status',
  description:
    'Shows for each stage of an experiment what is done and what is to do, for which runs, and which tool comes next. Reads only the disk: job states are the last ones seen. It does not ask the cluster; monitor_jobs does.',
  input: z.strictObject({ experiment_dir: experimentDir }),
  output: z.object({
    ...answer,
    stages: z.array(z.object({ stage: z.string(), done: z.number(), to_do: z.number(), missing: z.array(z.string()).optional() })),
    states: z.record(z.string(), z.number()),
    differing: z
      .array(z.object({ run: z.string(), attempt: z.number(), changes: z.array(z.string()), resumed_from: z.string().optional() }))
      .optional()
      .describe('Runs whose newest attempt differs from the plan, and how.'),
  }),
  annotations: READS,
  handler: async (input, context) => (await import('../stages/experiment_status.ts')).experimentStatus(input, context),
});
