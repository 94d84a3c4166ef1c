import { z } from 'zod';
import { fileAnswer, fileInput } from './shapes.ts';
import { defineTool, WRITES } from './tool.ts';

export const createTorchtuneConfigTool = defineTool({
  name: 'create_torchtune_config',
  title: 'Create torchtune configs',
  description:
    'Writes finetune.yaml, a complete torchtune config, into the folder of each fine-tune run, checked against what the recipe really reads; base runs are skipped. Needs the plan and the run folders (setup_experiment_dirs). It writes nothing when any run has an error, makes no folders, and writes no scripts (generate_slurm_script). Files that a person edited are kept.',
  input: fileInput,
  output: z.object(fileAnswer),
  annotations: WRITES,
  handler: async (input, context) => (await import('../stages/create_torchtune_config.ts')).createTorchtuneConfig(input, context),
});
