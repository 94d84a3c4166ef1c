import { z } from 'zod';
import { answer, experimentDir } from './shapes.ts';
import { defineTool } from './tool.ts';

export const monitorJobsTool = defineTool({
  name: 'monitor_jobs',
  title: 'Monitor jobs',
  description:
    "Looks at all jobs of an experiment in one read: states in Slurm's words, step and loss from the training log, time left, and which runs need attention; updates runs_status.yaml. Can wait for a change or for the end. It launches and cancels nothing (launch_runs, cancel_runs), but submits launched runs that waited for room in the queue; read_job_log shows a job's output.",
  input: z.strictObject({
    experiment_dir: experimentDir,
    wait_seconds: z
      .number()
      .int()
      .min(0)
      .max(86_400)
      .optional()
      .describe('How long to wait at most, in seconds, such as 600. Default: 0, one look.'),
    until: z
      .enum(['change', 'done'])
      .optional()
      .describe('With wait_seconds: return at the first change (default), or when every job has ended.'),
  }),
  output: z.object({
    ...answer,
    counts: z.record(z.string(), z.number()).describe('Fine-tune runs by state.'),
    changed: z.array(z.string()),
    running: z.array(
      z.object({
        run: z.string(),
        job_id: z.string().optional(),
        step: z.number().optional(),
        steps_total: z.number().optional(),
        loss: z.number().optional(),
        eta: z.string().optional(),
      }),
    ),
    attention: z.array(z.object({ run: z.string(), state: z.string(), why: z.string() })),
    pending: z
      .array(
        z.object({
          reason: z.string(),
          jobs: z.number(),
          means: z.string(),
          mend: z.string(),
          stuck: z.literal(true).optional(),
          expected_start: z.string().optional(),
        }),
      )
      .describe('Why jobs wait.'),
    waiting_for_room: z.object({ runs: z.number(), why: z.string() }).optional().describe('Launched, and not submitted yet.'),
    eta: z.string().optional().describe('Until the last running job ends, HH:MM:SS.'),
    done: z.boolean(),
    look_again_in_seconds: z.number().optional(),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  handler: async (input, context) => (await import('../stages/monitor_jobs.ts')).monitorJobs(input, context),
});
