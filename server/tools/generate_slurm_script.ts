import { z } from 'zod';
import { fileAnswer, fileInput } from './shapes.ts';
import { defineTool, WRITES } from './tool.ts';

export const generateSlurmScriptTool = defineTool({
  name: 'generate_slurm_script',
  title: 'Generate Slurm scripts',
  description:
    "Writes finetune.slurm into the folder of each fine-tune run, from the plan, the cluster's profile and the run's finetune.yaml; says which resources it asks for and why. Needs the configs (create_torchtune_config). It changes no config and submits nothing (preflight_runs, then launch_runs). Files that a person edited are kept.",
  input: fileInput,
  output: z.object({
    ...fileAnswer,
    resources: z
      .array(z.object({ runs: z.number(), asks: z.string(), because: z.array(z.string()) }))
      .describe('Distinct requests, with the reason for each value.'),
  }),
  annotations: WRITES,
  handler: async (input, context) => (await import('../stages/generate_slurm_script.ts')).generateSlurmScript(input, context),
});
