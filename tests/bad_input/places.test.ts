import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { testContext } from '../support/context.ts';
import { planned, prepared } from '../support/prepared_experiment.ts';
import { refusal } from '../support/refusal.ts';

const plan = { runs: [{ run: 'a', type: 'base' as const, model: 'Llama-3.2-1B-Instruct' }] };
const FENCE = 'is not inside experiments; RUNWRIGHT_EXPERIMENTS keeps runwright to experiments below that folder; nothing was changed';

test.each([
  ['../outside', 'outside'],
  ['words/../../outside', 'outside'],
  ['/etc/words', '/etc/words'],
])('experiment_dir %s is not inside the fence', async (experiment_dir, shown) => {
  const context = testContext();
  const all = [planRuns({ experiment_dir, plan }, context), setupExperimentDirs({ experiment_dir }, context)];
  for (const call of all) expect(await refusal(context.home, () => call)).toBe(`${shown} ${FENCE}`);
  expect(existsSync('/etc/words')).toBe(false);
});

test('a link out of the fence is refused, whether its end is there or not', async () => {
  const context = testContext();
  mkdirSync(join(context.home, 'outside'));
  symlinkSync(join(context.home, 'outside'), join(context.root.dir, 'link'));
  symlinkSync(join(context.home, 'outside', 'not_yet'), join(context.root.dir, 'dangling'));
  for (const experiment_dir of ['link', 'link/deeper', 'dangling', 'dangling/deeper'])
    expect(await refusal(context.home, () => planRuns({ experiment_dir, plan }, context))).toBe(`experiments/${experiment_dir} ${FENCE}`);
});

test.each(['.runwright', 'runs_plan.md', 'runs_status.yaml', 'README.md', 'tiny_rank4'])(
  'an experiment whose %s is a link out of the fence is not touched',
  async (name) => {
    const { context, experiment_dir, dir, plan: words } = await prepared();
    renameSync(join(dir, name), join(context.home, name));
    symlinkSync(join(context.home, name), join(dir, name));
    const stages = [
      () => planRuns({ experiment_dir, plan: words, overwrite: true }, context),
      () => setupExperimentDirs({ experiment_dir, overwrite: true }, context),
      () => createTorchtuneConfig({ experiment_dir, overwrite: true }, context),
    ];
    for (const stage of stages) expect(await refusal(context.home, stage)).toBe(`experiments/words_2025-10-20/${name} ${FENCE}`);
  },
);

test.each(['finetune.yaml', 'evaluations'])("a run's %s that is a link out of the fence is not touched", async (name) => {
  const { context, experiment_dir, dir } = await prepared();
  const path = join(dir, 'tiny_rank4', name);
  renameSync(path, join(context.home, name));
  symlinkSync(join(context.home, name), path);
  const stage = name === 'evaluations' ? setupExperimentDirs : createTorchtuneConfig;
  expect(await refusal(context.home, () => stage({ experiment_dir, overwrite: true }, context))).toBe(
    `experiments/words_2025-10-20/tiny_rank4/${name} ${FENCE}`,
  );
});

test('a link that stays inside the fence is followed', async () => {
  const { context, experiment_dir, dir } = await planned();
  mkdirSync(join(context.root.dir, 'big_disk'));
  symlinkSync(join(context.root.dir, 'big_disk'), join(dir, 'tiny_rank4'));
  await setupExperimentDirs({ experiment_dir }, context);
  expect(existsSync(join(context.root.dir, 'big_disk', 'evaluations'))).toBe(true);
});

test('a path below a file, and a file where the experiment belongs', async () => {
  const context = testContext();
  writeFileSync(join(context.root.dir, 'notes'), 'mine');
  expect(await refusal(context.home, () => planRuns({ experiment_dir: 'notes/words', plan }, context))).toBe(
    'experiments/notes/words/.runwright: part of that path is a file, not a folder; move it away (ENOTDIR)',
  );
  expect(await refusal(context.home, () => setupExperimentDirs({ experiment_dir: 'notes/words' }, context))).toBe(
    'experiments/notes/words has no runs_plan.md; run `plan_runs` first, or check experiment_dir; nothing was changed',
  );
  expect(await refusal(context.home, () => planRuns({ experiment_dir: 'notes', plan }, context))).toBe(
    'experiments/notes/.runwright: part of that path is a file, not a folder; move it away (ENOTDIR)',
  );
});

test('files where folders belong, and a folder where a file belongs, are told all at once before anything is made', async () => {
  const { context, experiment_dir, dir } = await planned();
  writeFileSync(join(dir, 'tiny_rank4'), 'mine');
  mkdirSync(join(dir, 'tiny_rank8'));
  writeFileSync(join(dir, 'tiny_rank8', 'evaluations'), 'mine');
  mkdirSync(join(dir, 'README.md'));
  expect(await refusal(context.home, () => setupExperimentDirs({ experiment_dir }, context))).toBe(
    'experiments/words_2025-10-20: something is in the way; nothing was changed\n' +
      "tiny_rank4: it is a file where the run's folder belongs; move it away\n" +
      'tiny_rank8/evaluations: it is a file where a folder belongs; move it away\n' +
      'README.md: it is a folder where a file belongs; move it away',
  );
});

test('a folder where a config or a script belongs stops the stage before its first file', async () => {
  const { context, experiment_dir, dir } = await planned();
  await setupExperimentDirs({ experiment_dir }, context);
  mkdirSync(join(dir, 'tiny_rank8', 'finetune.yaml'));
  expect(await refusal(context.home, () => createTorchtuneConfig({ experiment_dir }, context))).toBe(
    'no finetune.yaml was written\ntiny_rank8/finetune.yaml: it is a folder where a file belongs; move it away',
  );
  rmSync(join(dir, 'tiny_rank8', 'finetune.yaml'), { recursive: true });
  await createTorchtuneConfig({ experiment_dir }, context);
  mkdirSync(join(dir, 'tiny_rank8', 'finetune.slurm'));
  expect(await refusal(context.home, () => generateSlurmScript({ experiment_dir }, context))).toBe(
    'no finetune.slurm was written\ntiny_rank8/finetune.slurm: it is a folder where a file belongs; move it away',
  );
});

test('a half-made experiment is finished, and what is there stays', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const kept = readFileSync(join(dir, 'tiny_rank4', 'finetune.yaml'), 'utf8');
  rmSync(join(dir, 'tiny_rank8'), { recursive: true });
  rmSync(join(dir, 'README.md'));
  expect(await refusal(dir, () => createTorchtuneConfig({ experiment_dir }, context))).toBe(
    'run `setup_experiment_dirs` first: 1 of 2 run folders are missing: tiny_rank8; nothing was changed',
  );
  expect((await setupExperimentDirs({ experiment_dir }, context)).created).toEqual(['tiny_rank8/', 'README.md']);
  expect(await refusal(dir, () => generateSlurmScript({ experiment_dir }, context))).toBe(
    'run `create_torchtune_config` first: 1 of 2 finetune.yaml files are missing: tiny_rank8; nothing was changed',
  );
  expect((await createTorchtuneConfig({ experiment_dir }, context)).summary).toBe(
    'finetune.yaml: 1 created, 1 unchanged; 1 base run skipped: a base run is never trained.',
  );
  expect(readFileSync(join(dir, 'tiny_rank4', 'finetune.yaml'), 'utf8')).toBe(kept);
});

test('a model folder that is not there is named with its line in the plan', async () => {
  const { context, experiment_dir } = await planned();
  await setupExperimentDirs({ experiment_dir }, context);
  rmSync(join(context.home, 'models'), { recursive: true });
  expect(await refusal(context.home, () => createTorchtuneConfig({ experiment_dir }, context))).toBe(
    'no finetune.yaml was written\n' +
      'runs_plan.md:13:3: model "tiny-llama3" is not there: models/tiny-llama3 does not exist; download it there, or mend its path under "## Models" (or models_dir in clusters.yaml)',
  );
});

test.each(['.', 'words/..', './'])('experiment_dir %s is the folder of all experiments, and none', async (experiment_dir) => {
  const context = testContext();
  expect(await refusal(context.home, () => planRuns({ experiment_dir, plan }, context))).toBe(
    'experiments is the folder of all experiments; name one below it, such as cap_cross_eval_2025-10-20; nothing was changed',
  );
});

test.each([
  ['word_2025-10-20', 'a misspelt name'],
  ['WORDS_2025-10-20', 'another case'],
  ['experiments/words_2025-10-20', "the root's own name before it"],
  ['words_2025-10-20/tiny_rank4', 'the folder of a run'],
  ['words_2025-10-20/runs_plan.md', 'the plan itself'],
])('experiment_dir %s (%s) is told which experiment was meant', async (given) => {
  const { context } = await planned();
  const calls = [
    () => setupExperimentDirs({ experiment_dir: given }, context),
    () => launchRuns({ experiment_dir: given, preflight_id: '0' }, context),
  ];
  for (const call of calls)
    expect(await refusal(context.home, call)).toBe(
      `experiments/${given} has no runs_plan.md; did you mean "words_2025-10-20"? If not, run \`plan_runs\` first; nothing was changed`,
    );
});

test('an experiment that resembles none is told which there are', async () => {
  const { context } = await planned();
  expect(await refusal(context.home, () => setupExperimentDirs({ experiment_dir: 'x' }, context))).toBe(
    'experiments/x has no runs_plan.md; run `plan_runs` first, or name an experiment that is there: words_2025-10-20; nothing was changed',
  );
});
