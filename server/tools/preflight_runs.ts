import { z } from 'zod';
import { answer, experimentDir, runs } from './shapes.ts';
import { defineTool } from './tool.ts';

export const preflightRunsTool = defineTool({
  name: 'preflight_runs',
  title: 'Preflight',
  description:
    'Checks everything that can be known before jobs are submitted (rows and columns of data, models, free space, limits, sbatch --test-only) and shows jobs, GPU-hours and expected start. Gives the preflight_id that launch_runs takes; the id is bound to the exact files. It submits nothing. Needs finetune.yaml and finetune.slurm of each fine-tune run.',
  input: z.strictObject({
    experiment_dir: experimentDir,
    runs,
    mode: z
      .enum(['new', 'retry', 'resume'])
      .optional()
      .describe(
        '"new" (default): runs never launched. "retry": runs that failed, from the start. "resume": from their last complete checkpoint. Both change what the failure calls for (time, mem, batch size with the same effective batch, node left out) and name each change.',
      ),
    anyway: z
      .boolean()
      .optional()
      .describe(
        'true: also runs left out because they failed three times, or twice in the same way, once the person has mended the cause. Default: false.',
      ),
    deep_check: z
      .boolean()
      .optional()
      .describe('Also let the torchtune of the cluster judge every config; some ten seconds more. Default: false.'),
  }),
  output: z.object({
    ...answer,
    preflight_id: z.string().optional().describe('Absent when there are errors or nothing to launch.'),
    cluster: z.string(),
    jobs: z.number(),
    gpu_hours: z.number().describe('At most: GPUs x time limit.'),
    expected_start: z.string().optional().describe("ISO time on the cluster's clock."),
    deep_check: z.string(),
    data: z
      .array(
        z.object({
          dataset: z.string(),
          runs: z.number(),
          rows: z.number().optional(),
          tokens: z.string().optional(),
          packing: z.string().optional(),
          not_checked: z.string().optional(),
        }),
      )
      .optional()
      .describe('The data sets as they lie on the cluster.'),
    expected: z
      .array(
        z.object({
          runs: z.number(),
          run: z.string(),
          trainable_parameters: z.number().optional(),
          device_memory_gib: z.number().optional(),
          effective_batch: z.number(),
          steps: z.number().optional(),
          epoch: z.string(),
          gpu_hours: z.number().optional(),
        }),
      )
      .optional()
      .describe('Runs alike, the most of them first; memory is an estimate, good to about a quarter.'),
    left_out: z.array(z.object({ why: z.string(), count: z.number(), runs: z.array(z.string()) })),
    changes: z
      .array(z.object({ change: z.string(), why: z.string(), count: z.number(), runs: z.array(z.string()) }))
      .describe('What further attempts have otherwise than the plan.'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  handler: async (input, context) => (await import('../stages/preflight_runs.ts')).preflightRuns(input, context),
});
