import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { planned, prepared } from '../support/prepared_experiment.ts';
import { wordData } from '../support/stand_in_tune.ts';

const python = process.env.RUNWRIGHT_PYTHON;
const required = process.env.RUNWRIGHT_REQUIRE_TORCHTUNE === '1';

const data = (home: string): string => join(home, 'data', 'words_5L.json');

/** The line of the plan that holds `text`. */
const lineOf = (dir: string, text: string): number =>
  readFileSync(join(dir, 'runs_plan.md'), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

/** The plan's table of runs with one more column. */
const withColumn = (text: string, column: string, cells: Record<string, string>): string =>
  text
    .split('\n')
    .map((line) => {
      if (/^\| *run /.test(line)) return `${line} ${column} |`;
      const run = /^\| (tiny\S*) +\| (?:base|fine-tune)/.exec(line)?.[1];
      return run === undefined ? line : `${line} ${cells[run] ?? '-'} |`;
    })
    .join('\n')
    .replace(new RegExp(`(${column} \\|\\n\\|[-|]+)`), '$1---|');

describe('preflight', () => {
  it('shows the data, what the runs are expected to take, and that the deep check was not asked for', async () => {
    const { context, experiment_dir } = await prepared();
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.problems).toBeUndefined();
    expect(shown).toMatchObject({
      deep_check: 'not asked for: deep_check lets the torchtune of the cluster judge the configs',
      data: [
        {
          dataset: 'words_5L',
          runs: 2,
          rows: 64,
          tokens: expect.stringMatching(/^about \d+ a row, at most \d+ \(4 bytes a token assumed\)$/),
          packing: expect.stringMatching(
            /^not packed; packing would make about \d+ packs instead of 64 rows, padding \d+% -> \d+%: not worth it: only \d steps an epoch would be left$/,
          ),
        },
      ],
      expected: [
        { runs: 1, run: 'tiny_rank4', trainable_parameters: 10_496, effective_batch: 4, steps: 16, epoch: 'unknown' },
        { runs: 1, run: 'tiny_rank8', trainable_parameters: 20_992, effective_batch: 4, steps: 16, epoch: 'unknown' },
      ],
    });
  });

  it('refuses data that changed for the worse since the configs were made, at its row of the plan', async () => {
    const { context, experiment_dir, dir } = await prepared();
    writeFileSync(data(context.home), JSON.stringify([{ input: 'a', answer: 'b' }]));
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.preflight_id).toBeUndefined();
    expect(shown.problems).toEqual([
      {
        severity: 'error',
        where: `runs_plan.md:${lineOf(dir, '| words_5L')}:3`,
        what: 'data set words_5L has no column "output"; it has "input", "answer"',
        fix: 'name its columns in input_column and output_column under "## Datasets", or use another format',
      },
      {
        severity: 'error',
        where: `runs_plan.md:${lineOf(dir, '| batch_size')}:16`,
        what: 'one step takes 4 rows, and the data makes 1 row: the job would train nothing and end as if all were well',
        fix: 'use a smaller batch_size or gradient_accumulation_steps, or more data',
      },
    ]);
  });

  it('names a model whose download was cut off, and how many runs read it', async () => {
    const { context, experiment_dir } = await prepared();
    const weights = join(context.home, 'models', 'tiny-llama3', 'model.safetensors');
    writeFileSync(weights, 'version https://git-lfs.github.com/spec/v1\n');
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.preflight_id).toBeUndefined();
    expect(shown.problems).toEqual([
      {
        severity: 'error',
        where: 'tiny_rank4',
        what: `the model's weights on local: ${weights}: it is a git-lfs pointer, not the file; \`git lfs pull\` fetches it (2 runs read it)`,
        fix: 'download it again',
      },
    ]);
  });

  it('warns when the runs that are compared differ in their effective batch', async () => {
    const { context, experiment_dir, dir } = await prepared();
    wordData(dirname(data(context.home)), ['words_5L.json'], 128);
    const path = join(dir, 'runs_plan.md');
    const rank8 = /^\| tiny_rank8 .*$/m.exec(readFileSync(path, 'utf8'))?.[0] ?? '';
    const others = rank8.replace('tiny_rank8', 'tiny_rank2').replace(' 8 ', ' 2 ');
    const text = readFileSync(path, 'utf8').replace(rank8, `${rank8}\n${others}`);
    writeFileSync(path, withColumn(text, 'gradient_accumulation_steps', { tiny_rank8: '2' }));
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.problems).toEqual([
      {
        severity: 'warning',
        where: `runs_plan.md:${lineOf(dir, '| tiny_rank8')}:3`,
        what: 'the effective batch (batch_size x gradient_accumulation_steps x devices) is 4 in 2 of 3 runs, but 8 in tiny_rank8: their results differ by more than what the plan varies',
        fix: 'set gradient_accumulation_steps so that all are equal, or leave it if the batch is what you compare',
      },
    ]);
  });

  it('says once what was not checked where there is no python3', async () => {
    const { context, experiment_dir } = await prepared();
    const profile = join(context.root.dir, 'clusters.yaml');
    const bin = join(context.home, 'bin');
    writeFileSync(profile, `local:\n  setup:\n    - 'export PATH=${bin}'\n`);
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.problems).toContainEqual({
      severity: 'warning',
      where: 'cluster local',
      what: "data sets, the models' files and free space were not checked: python3 was not found there",
      fix: 'add a line that makes python3 available to setup of local in clusters.yaml, or look at them yourself',
    });
  });

  it('lets the framework judge the configs when asked, and says why when it cannot', async () => {
    const { context, experiment_dir } = await prepared();
    const stub = '#!/bin/sh\necho "ModuleNotFoundError: No module named torch" >&2\nexit 1\n';
    writeFileSync(join(context.home, 'bin', 'python3'), stub, { mode: 0o755 });
    const shown = await preflightRuns({ experiment_dir, deep_check: true }, context);
    expect(shown.deep_check).toBe('not done: python3 ended with exit code 1: ModuleNotFoundError: No module named torch');
    expect(shown.problems).toContainEqual({
      severity: 'warning',
      where: 'cluster local',
      what: 'torchtune there could not judge the configs: python3 ended with exit code 1: ModuleNotFoundError: No module named torch',
      fix: 'see that the setup lines of local in clusters.yaml give a python3 that has torchtune; our own checks were made',
    });
  });

  it.skipIf(python === undefined && !required)(
    'lets the real torchtune judge all configs in one process, and refuses what it refuses',
    async () => {
      const { context, experiment_dir, dir } = await prepared();
      const profile = join(context.root.dir, 'clusters.yaml');
      writeFileSync(profile, readFileSync(profile, 'utf8').replace('export PATH=', `export PATH=${dirname(python ?? '')}:`));
      const config = join(dir, 'tiny_rank4', 'finetune.yaml');
      // A component of the person's own: only a python can tell that it is not there.
      writeFileSync(config, readFileSync(config, 'utf8').replace('torchtune.modules.loss.CEWithChunkedOutputLoss', 'own_losses.Loss'));
      await generateSlurmScript({ experiment_dir }, context);
      const refused = await preflightRuns({ experiment_dir, deep_check: true }, context);
      expect(refused.deep_check).toBe('torchtune 0.6.1 on local accepts 1 of 2 configs');
      expect(refused.preflight_id).toBeUndefined();
      expect(refused.problems?.[0]).toMatchObject({ severity: 'error', where: 'tiny_rank4/finetune.yaml' });
      expect(refused.problems?.[0]?.what).toMatch(/^torchtune 0\.6\.1 on local refuses it: .*own_losses/s);
    },
    120_000,
  );
});

describe('create_torchtune_config, where jobs run on this machine', () => {
  it('refuses data that torchtune would fail on, and writes nothing', async () => {
    const { context, experiment_dir, dir } = await planned();
    await setupExperimentDirs({ experiment_dir }, context);
    writeFileSync(data(context.home), JSON.stringify({ train: [{ input: 'a', output: 'b' }] }));
    await expect(createTorchtuneConfig({ experiment_dir }, context)).rejects.toThrow(
      `no finetune.yaml was written\nruns_plan.md:${lineOf(dir, '| words_5L')}:3: data set words_5L has its rows under "train", and no field names one: it would be read as a single row, and nothing trained; set field to "train" in its row under "## Datasets"`,
    );
  });

  it('only warns of data that is not there yet', async () => {
    const { context, experiment_dir, dir } = await planned();
    const path = join(dir, 'runs_plan.md');
    writeFileSync(path, readFileSync(path, 'utf8').replace(data(context.home), '/nowhere/words.json'));
    await setupExperimentDirs({ experiment_dir }, context);
    const made = await createTorchtuneConfig({ experiment_dir }, context);
    expect(made.created).toEqual(['tiny_rank4', 'tiny_rank8']);
    expect(made.problems).toEqual([
      {
        severity: 'warning',
        where: `runs_plan.md:${lineOf(dir, '| words_5L')}:3`,
        what: 'data set words_5L is not there: /nowhere/words.json does not exist',
        fix: 'put it there, or mend its path under "## Datasets" in runs_plan.md',
      },
    ]);
  });
});
