import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { experimentStatus } from '../../server/stages/experiment_status.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { testContext } from '../support/context.ts';
import { refusal } from '../support/refusal.ts';

const experiment_dir = 'words_2025-10-20';
const HEAD =
  '---\nexperiment: words_2025-10-20\n---\n\n## Datasets\n\n| dataset | path | format |\n|---|---|---|\n| w | /data/w.json | instruct |\n';
const RUNS = '| run | type | model | dataset | lora_rank |\n|---|---|---|---|---|\n';

/** A plan that a person wrote, in a folder without anything else. */
function byHand(plan?: string) {
  const context = testContext();
  const dir = join(context.root.dir, experiment_dir);
  mkdirSync(dir);
  if (plan !== undefined) writeFileSync(join(dir, 'runs_plan.md'), plan);
  return { context, dir, home: context.home };
}

const STAGES = {
  experiment_status: experimentStatus,
  setup_experiment_dirs: setupExperimentDirs,
  create_torchtune_config: createTorchtuneConfig,
  generate_slurm_script: generateSlurmScript,
  preflight_runs: preflightRuns,
  monitor_jobs: monitorJobs,
};

test.each(Object.entries(STAGES))('%s without a plan names the missing stage', async (_name, stage) => {
  const { context, home } = byHand();
  expect(await refusal(home, () => stage({ experiment_dir }, context))).toBe(
    'experiments/words_2025-10-20 has no runs_plan.md; run `plan_runs` first, or check experiment_dir; nothing was changed',
  );
});

test.each(Object.entries(STAGES))('%s stops at an empty plan', async (_name, stage) => {
  const { context, home } = byHand(' \n\n');
  expect(await refusal(home, () => stage({ experiment_dir }, context))).toBe(
    'experiments/words_2025-10-20/runs_plan.md has errors; nothing was changed\n' +
      'runs_plan.md:1:1: the plan is empty; write it with plan_runs, or add front matter and a table under "## Runs"',
  );
});

test('launch_runs without a folder, and without a plan', async () => {
  const { context, home } = byHand();
  const preflight_id = '0123456789abcdef';
  expect(await refusal(home, () => launchRuns({ experiment_dir: 'nowhere', preflight_id }, context))).toBe(
    'experiments/nowhere has no runs_plan.md; run `plan_runs` first, or check experiment_dir; nothing was changed',
  );
  expect(await refusal(home, () => launchRuns({ experiment_dir, preflight_id }, context))).toBe(
    'experiments/words_2025-10-20 has no runs_plan.md; run `plan_runs` first, or check experiment_dir; nothing was changed',
  );
});

/** What setup_experiment_dirs says of the plan, without the first line, which is always the same. */
async function faults(plan: string): Promise<string[]> {
  const { context, home } = byHand(plan);
  const [first, ...rest] = (await refusal(home, () => setupExperimentDirs({ experiment_dir }, context))).split('\n');
  expect(first).toBe('experiments/words_2025-10-20/runs_plan.md has errors; nothing was changed');
  return rest;
}

test('a Runs table without its columns, with too many cells, and a second one', async () => {
  expect(await faults(`${HEAD}\n## Runs\n\n| type | dataset |\n|---|---|\n| fine-tune | w |\n`)).toEqual([
    'runs_plan.md:13:1: the table under "Runs" has no column "run"; add a column "run"',
    'runs_plan.md:13:1: the table under "Runs" has no column "model"; add a column "model"',
  ]);
  const row = '| a | fine-tune | Llama-3.2-1B-Instruct | w | 8 |';
  expect(await faults(`${HEAD}\n## Runs\n\n${RUNS}${row} 9 | 10 |\n\n## Runs\n\n${RUNS}${row}\n`)).toEqual([
    'runs_plan.md:15:51: this row has 7 cells, but the table has 5 columns; remove what is too much, or write a | that belongs to a text as \\|',
    'runs_plan.md:17:1: a second section "Runs"; line 11 starts one already; put both tables into one',
  ]);
  expect(await faults(`${HEAD}\n## Runs\n\nNone yet.\n`)).toEqual([
    'runs_plan.md:11:1: no table under "Runs"; add the table, or remove the heading',
  ]);
  expect(await faults(`${HEAD}\n## Runs\n\n${RUNS}`)).toEqual([
    'runs_plan.md:13:1: the table under "Runs" has no runs; add a row for each run',
  ]);
});

const SHAPE = "a run's name has letters, digits, . _ - and starts with a letter or digit, since it becomes a folder's name";
const NAMES: [name: string, why: string][] = [
  ['../x', SHAPE],
  ['..', SHAPE],
  ['/etc/x', SHAPE],
  ['a b', SHAPE],
  ['$(x)', SHAPE],
  ['`x`y', SHAPE],
  ["a';rm", SHAPE],
  ['-rf', SHAPE],
  ['.hidden', SHAPE],
  ['größe', SHAPE],
  ['a\u202Eb', SHAPE],
  ['x'.repeat(200), "it is 200 characters long; a run's name has at most 100"],
  ['README.md', "the experiment's folder uses that name itself"],
  ['Logs', "the experiment's folder uses that name itself"],
  ['runs_plan.md', "the experiment's folder uses that name itself"],
  ['con', 'Windows and network shares reserve that name'],
  ['NUL.txt', 'Windows and network shares reserve that name'],
  ['a.', 'a folder name cannot end with a dot everywhere'],
];

test.each(NAMES)('a run cannot be named %s, by hand or through plan_runs', async (name, why) => {
  const written = name.replaceAll('`', '\\`');
  expect(await faults(`${HEAD}\n## Runs\n\n${RUNS}| ${written} | fine-tune | Llama-3.2-1B-Instruct | w | 8 |\n`)).toEqual([
    `runs_plan.md:15:3: "${name}" cannot name a run; ${why}`,
  ]);
  const context = testContext();
  const plan = { runs: [{ run: name, type: 'base' as const, model: 'Llama-3.2-1B-Instruct' }] };
  const said = await refusal(context.home, () => planRuns({ experiment_dir, plan }, context));
  expect(said).toBe(
    'runs_plan.md was not written: the plan would have errors, at these lines of the text that would be written\n' +
      `runs_plan.md:13:3: "${name}" cannot name a run; ${why}`,
  );
});

test('two runs of one name, and case twins', async () => {
  const rows = ['word', 'word', 'WORD'].map((name) => `| ${name} | base | Llama-3.2-1B-Instruct | - | - |\n`).join('');
  expect(await faults(`${HEAD}\n## Runs\n\n${RUNS}${rows}`)).toEqual([
    'runs_plan.md:16:3: duplicate run "word"; line 15 has that name already (case does not count); give each run a name of its own',
    'runs_plan.md:17:3: duplicate run "WORD"; line 15 has that name already (case does not count); give each run a name of its own',
  ]);
});

test('unknown settings, values out of range, unknown words: all at once, each with the nearest valid one', async () => {
  const plan = `---
experiment: words_2025-10-20
framework: torchtun
cluster: locl
owner: me
---

## Defaults

| setting | value |
|---|---|
| learning_rat | 1e-4 |
| lora_rnk | 8 |
| lr | 50 |
| epochs | 0 |
| time | 25:61:00 |
| mem | lots |
| partition | gpu; rm -rf / |

## Datasets

| dataset | path | format |
|---|---|---|
| w | /data/w.json | instrct |

## Runs

| run | type | model | dataset | lora_rank |
|---|---|---|---|---|
| a | finetun | Llama-3.2-1B-Instruct | w | 8 |
| b | fine-tune | Llama-3.2-1B-Instruct | words | -1 |
`;
  expect(await faults(plan)).toMatchInlineSnapshot(`
    [
      "runs_plan.md:3:12: unknown framework "torchtun"; did you mean "torchtune"?",
      "runs_plan.md:4:10: unknown cluster "locl"; did you mean "local"?",
      "runs_plan.md:5:1: unknown front-matter key "owner"; known: experiment, framework, framework_version, cluster, created",
      "runs_plan.md:12:3: unknown setting "learning_rat"; did you mean "lr"?",
      "runs_plan.md:13:3: unknown setting "lora_rnk"; did you mean "lora_rank"?",
      "runs_plan.md:14:8: lr cannot be "50"; it must be a number above 0 up to 10",
      "runs_plan.md:15:12: epochs cannot be "0"; it must be a whole number from 1 to 10000",
      "runs_plan.md:16:10: time cannot be "25:61:00"; it must be a time limit of Slurm's: 90 (minutes), 1:30:00 or 1-12:00:00",
      "runs_plan.md:17:9: mem cannot be "lots"; it must be a memory size of Slurm's for each node: 48G or 1500M",
      "runs_plan.md:18:15: partition cannot be "gpu; rm -rf /"; it must be a name of Slurm's: letters, digits and . _ - + = @ : / , without spaces",
      "runs_plan.md:24:22: dataset "w" cannot have the format "instrct"; "instrct" is no format; did you mean "instruct"?",
      "runs_plan.md:30:7: unknown type "finetun"; did you mean "fine-tune"?",
      "runs_plan.md:31:43: dataset "words" has no row in Datasets; add a row with its path and format",
      "runs_plan.md:31:51: lora_rank cannot be "-1"; it must be a whole number from 1 to 4096",
    ]
  `);
});

test('an unknown model and an unknown setting under a framework that is known', async () => {
  const plan = `${HEAD}\n## Defaults\n\n| setting | value |\n|---|---|\n| lora_rnk | 8 |\n| optimizer.bets | 1 |\n\n## Runs\n\n${RUNS}| a | fine-tune | Llama-3.2-1B-Instuct | w | 8 |\n`;
  expect(await faults(plan)).toMatchInlineSnapshot(`
    [
      "runs_plan.md:15:3: unknown setting "lora_rnk"; did you mean "lora_rank"?",
      "runs_plan.md:16:3: unknown setting "optimizer.bets"; did you mean "optimizer.betas"?",
      "runs_plan.md:22:19: torchtune does not know the model "Llama-3.2-1B-Instuct"; did you mean "Llama-3.2-1B-Instruct"?",
    ]
  `);
});
