import { z } from 'zod';
import { linkTo } from '../resources/links.ts';
import { answer, dryRun, experimentDir } from './shapes.ts';
import { defineTool, WRITES } from './tool.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);
const names = z.array(z.string());
const words = {
  framework: z.string().optional().describe('What trains. Default: "torchtune".'),
  framework_version: z.string().optional().describe('"0.6.1" or "nightly". Default: that of the cluster, else 0.6.1.'),
  cluster: z.string().optional().describe('Profile of clusters.yaml. Default: "local", this machine.'),
  created: z.string().optional().describe('ISO date.'),
};

const model = z
  .object({
    model: z.string().describe('Folder name, Hugging Face id, or the name in the framework.'),
    path: z.string().optional().describe("Absolute, on the cluster. Default: below the profile's models_dir."),
    builder: z.string().optional().describe('For an unknown model: the known one it was tuned from, or "llama3".'),
  })
  .catchall(scalar)
  .describe('Sizes (num_layers, ...) stand beside a builder.');
const dataset = z
  .object({
    dataset: z.string().describe('The name that runs use.'),
    path: z.string().describe('On the cluster.'),
    format: z.string().describe('instruct, chat, alpaca, completion, preference (DPO), or a dotted component.'),
  })
  .catchall(scalar)
  .describe('Also split, field, input_column, output_column, chosen_column, rejected_column, system_prompt, prompt_template.');
const run = z
  .object({
    run: z.string().describe('Name of the run and of its folder: A-Z a-z 0-9 . _ -'),
    type: z.enum(['fine-tune', 'base']).optional().describe('Default: "fine-tune". A base run is evaluated, never trained.'),
    model: z.string().describe('A model of models.'),
    dataset: z.string().nullable().optional().describe('A dataset of datasets; none for a base run.'),
  })
  .catchall(scalar)
  .describe('Settings stand beside the name.');
const settings = z.record(z.string(), scalar);
const named = z.string().describe('Its name.');

export const planRunsTool = defineTool({
  name: 'plan_runs',
  title: 'Plan runs',
  description:
    "Writes runs_plan.md, the plan of an experiment, from explicit runs or a grid, or revises it keeping the person's prose and rows. Nothing is written while the plan has an error; all errors are told at once with their line. It makes no folders: setup_experiment_dirs does. Settings: method, lora_rank, lr, epochs, batch_size, gpus, time, ... or a dotted key of the framework's.",
  input: z.strictObject({
    experiment_dir: experimentDir,
    plan: z
      .strictObject({
        ...words,
        experiment: z.string().optional().describe("Default: the folder's name."),
        title: z.string().optional().describe('The question, as a heading.'),
        prose: z.string().optional().describe('Markdown below the title.'),
        models: z.array(model).optional().describe('Where each model lies.'),
        datasets: z.array(dataset).optional().describe('Where each dataset lies; every dataset of a run needs one.'),
        defaults: settings
          .optional()
          .describe('Settings of every fine-tune run, such as {"method": "lora", "epochs": 1, "lr": "3e-4", "time": "1:00:00"}.'),
        runs: z.array(run).optional().describe('Every run, unless grid makes them.'),
      })
      .optional()
      .describe('The plan; what it leaves out stays empty.'),
    grid: z
      .record(z.string(), z.array(scalar))
      .optional()
      .describe(
        'Every combination becomes a run named by what varies: {"model": [...], "dataset": [...], "lora_rank": [8, 64]}. Goes with plan for models, datasets and defaults.',
      ),
    base: z.union([z.boolean(), names]).optional().describe('With grid: base runs of these models; true for each model of the grid.'),
    revise: z
      .strictObject({
        experiment: z.string().optional().describe("The folder's name."),
        ...words,
        models: z
          .array(z.object({ model: named }).catchall(scalar))
          .optional()
          .describe('Added, or changed where the name is known.'),
        datasets: z
          .array(z.object({ dataset: named }).catchall(scalar))
          .optional()
          .describe('Added, or changed where the name is known.'),
        defaults: settings.optional().describe('null removes the setting.'),
        runs: z
          .array(z.object({ run: named }).catchall(scalar))
          .optional()
          .describe('Added, or changed where the name is known.'),
        remove_runs: names.optional().describe('Names; never a launched run.'),
        rename_runs: z.record(z.string(), z.string()).optional().describe('{"old": "new"}; never a launched run.'),
      })
      .optional()
      .describe('Changes to an existing plan: only what is named changes; null clears a cell.'),
    overwrite: z.boolean().optional().describe('Replace an existing, different plan. Default: false.'),
    dry_run: dryRun,
  }),
  output: z.object({
    ...answer,
    file: z.string(),
    added: names,
    changed: names,
    removed: names,
    counts: z.object({ fine_tune: z.number(), base: z.number(), added: z.number(), changed: z.number(), removed: z.number() }),
  }),
  annotations: WRITES,
  handler: async (input, context) => (await import('../stages/plan_runs.ts')).planRuns(input, context),
  links: (input, context) => (input.dry_run === true ? [] : linkTo('plan', input.experiment_dir, '', context)),
});
