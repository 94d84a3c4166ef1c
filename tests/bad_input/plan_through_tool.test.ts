import { expect, test } from 'vitest';
import { callTool } from '../../server/tools/call.ts';
import { planRunsTool } from '../../server/tools/plan_runs.ts';
import type { Tool } from '../../server/tools/tool.ts';
import { testContext } from '../support/context.ts';
import { launched, letGo, untilLetGo } from '../support/prepared_experiment.ts';
import { refusal } from '../support/refusal.ts';

const experiment_dir = 'words';
const tool = planRunsTool as unknown as Tool;
const LLAMA = 'Llama-3.2-1B-Instruct';
const WOULD = 'runs_plan.md was not written: the plan would have errors, at these lines of the text that would be written';

/** What plan_runs says to arguments that it refuses; the folder of the experiment is not even made. */
async function said(input: Record<string, unknown>): Promise<string> {
  const context = testContext();
  return refusal(context.home, () => callTool(tool, { experiment_dir, ...input }, context));
}

test('nothing to plan', async () => {
  expect(await said({})).toBe('give plan.runs, a grid, or revise; nothing was written');
  expect(await said({ plan: { runs: [] } })).toBe('give plan.runs, a grid, or revise; nothing was written');
  expect(await said({ base: true, plan: { runs: [{ run: 'a', type: 'base', model: LLAMA }] } })).toBe(
    'base goes with grid; list base runs in plan.runs with type "base" instead; nothing was written',
  );
  expect(await said({ revise: { cluster: 'local' } })).toBe(
    'experiments/words has no runs_plan.md; pass plan or grid to write one, or check experiment_dir; nothing was changed',
  );
});

test('case twins and duplicates, of explicit runs and of a grid', async () => {
  const runs = ['word', 'Word', 'word'].map((run) => ({ run, type: 'base', model: LLAMA }));
  expect(await said({ plan: { runs } })).toBe(
    `${WOULD}\n` +
      'runs_plan.md:14:3: duplicate run "Word"; line 13 has that name already (case does not count); give each run a name of its own\n' +
      'runs_plan.md:15:3: duplicate run "word"; line 13 has that name already (case does not count); give each run a name of its own',
  );
  expect(await said({ grid: { model: [LLAMA, `meta-llama/${LLAMA}`] } })).toBe(
    `the grid would name two runs "${LLAMA}"; give the runs and their names yourself, or make the values differ`,
  );
  expect(await said({ grid: { model: [LLAMA], lora_rank: [8, 8] } })).toBe('the grid\'s lora_rank has "8" twice; name each value once');
  expect(await said({ grid: { model: ['x'.repeat(120)] } })).toBe(
    `the grid would name a run "${'x'.repeat(120)}": it is 120 characters long; a run's name has at most 100; give the runs and their names yourself`,
  );
});

test('a name with a line break or a cell border cannot break the table', async () => {
  expect(await said({ plan: { runs: [{ run: 'a\n| b | base |', type: 'base', model: LLAMA }] } })).toBe(
    "the value of run has a line break, which a table's cell cannot hold; write it in one line (nothing was changed)",
  );
  expect(await said({ plan: { runs: [{ run: 'a | base', type: 'base', model: LLAMA }] } })).toBe(
    `${WOULD}\nruns_plan.md:13:3: "a | base" cannot name a run; a run's name has letters, digits, . _ - and starts with a letter or digit, since it becomes a folder's name`,
  );
});

test('an unknown setting, a value out of range, an unknown cluster and an unknown framework, all at once', async () => {
  const plan = {
    cluster: 'locl',
    framework: 'torchtun',
    defaults: { lora_rank: 0, epochs: 'many' },
    runs: [{ run: 'a', model: LLAMA, dataset: 'words' }],
  };
  expect(await said({ plan })).toMatchInlineSnapshot(`
    "runs_plan.md was not written: the plan would have errors, at these lines of the text that would be written
    runs_plan.md:3:12: unknown framework "torchtun"; did you mean "torchtune"?
    runs_plan.md:4:10: unknown cluster "locl"; did you mean "local"?
    runs_plan.md:13:15: lora_rank cannot be "0"; it must be a whole number from 1 to 4096
    runs_plan.md:14:15: epochs cannot be "many"; it must be a whole number from 1 to 10000
    runs_plan.md:20:45: dataset "words" has no row in Datasets; add a row with its path and format"
  `);
  expect(await said({ plan: { defaults: { lora_rnk: 8 }, runs: [{ run: 'a', type: 'base', model: LLAMA }] } })).toMatchInlineSnapshot(`
    "runs_plan.md was not written: the plan would have errors, at these lines of the text that would be written
    runs_plan.md:13:3: unknown setting "lora_rnk"; did you mean "lora_rank"?"
  `);
});

test('an argument that does not exist names the nearest', async () => {
  expect(await said({ plans: {} })).toMatchInlineSnapshot(`
    "plan_runs was called with arguments that do not fit; nothing was changed
    plans: no such argument; did you mean "plan"?"
  `);
});

test('a plan that is there is not replaced, and a run with a job cannot be left out, renamed or removed', async () => {
  const { context, plan, dir, experiment_dir: words } = await launched(untilLetGo);
  const call = (input: object) => callTool(tool, { experiment_dir: words, ...input }, context);
  const fewer = { ...plan, runs: plan.runs.slice(0, 2) };
  expect(await refusal(dir, () => call({ plan: fewer }))).toBe(
    'runs_plan.md is there already and differs; pass the changes as revise (it keeps the prose and the other rows), or overwrite: true; nothing was written',
  );
  expect(await refusal(dir, () => call({ plan: fewer, overwrite: true }))).toBe(
    'nothing was written\n' +
      'runs_plan.md: run "tiny_rank8" cannot be left out: it has jobs; keep it in the plan as the fine-tune run that it is, and add new runs beside it',
  );
  expect(
    await refusal(dir, () => call({ revise: { remove_runs: ['tiny_rank8'], rename_runs: { tiny_rank4: 'other' } } })),
  ).toMatchInlineSnapshot(`
    "the plan was not changed
    runs_plan.md:40:3: run "tiny_rank8" cannot be removed: it has jobs; leave it in the plan, and add a new run beside it
    runs_plan.md:39:3: run "tiny_rank4" cannot be renamed: it has jobs; leave it in the plan, and add a new run beside it"
  `);
  letGo(context.home);
});
