import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { environmentFor } from '../../demo/cluster_environment.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { CAP_CROSS_EVAL, capCrossEvalPlan } from '../support/cap_cross_eval.ts';
import { testContext } from '../support/context.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { emptyModel, standInTune, wordData } from '../support/stand_in_tune.ts';

const lab = developmentCluster();
const python = process.env.RUNWRIGHT_PYTHON ?? '';

describe.skipIf(lab === undefined)('what jobs read, over SSH', () => {
  const user = lab?.profile.user ?? '';
  const home = join(lab?.dir ?? '', 'home', user, `inputs-${process.pid}`);
  const give = (): void => {
    execFileSync('chown', ['-R', `${user}:`, home]);
  };

  beforeAll(() => {
    mkdirSync(home, { recursive: true });
    standInTune(join(home, 'bin'));
    const llama = ['config.json', 'original/tokenizer.model'];
    emptyModel(join(home, 'models', 'Llama-3.2-1B-Instruct'), [...llama, 'model.safetensors']);
    emptyModel(join(home, 'models', 'Llama-3.2-3B-Instruct'), [
      ...llama,
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
    ]);
    wordData(join(home, 'data'), ['words_5L.json', 'words_9L.json']);
    give();
  });

  async function ready(setup: string[]) {
    const context = testContext();
    const experiment_dir = CAP_CROSS_EVAL;
    const profile = { experiments_dir: join(home, 'experiments'), setup, defaults: { partition: 'gpu', mem: '1G', cpus: 1 } };
    writeFileSync(join(context.root.dir, 'clusters.yaml'), lab?.yaml('devslurm', profile) ?? '');
    const plan = capCrossEvalPlan({ cluster: 'devslurm', models: join(home, 'models'), data: join(home, 'data') });
    await planRuns({ experiment_dir, ...plan }, context);
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    return { context, experiment_dir };
  }

  test('is looked at where it lies: data of three kinds and a cut-off model are told, all at once, and nothing is left there', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => JSON.stringify({ input: `w${index}`, output: index === 20 ? null : 'W' }));
    writeFileSync(join(home, 'data', 'words_13L.json'), lines.join('\n'));
    const weights = join(home, 'models', 'Llama-3.2-3B-Instruct', 'model-00002-of-00002.safetensors');
    writeFileSync(weights, Buffer.alloc(100, 1));
    give();
    const before = statSync(home).mtimeMs;
    const { context, experiment_dir } = await ready([`export PATH=${join(home, 'bin')}:$PATH`, 'echo module loaded']);
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.preflight_id).toBeUndefined();
    expect(shown.problems?.filter(({ severity }) => severity === 'error').map(({ where, what }) => `${where}: ${what}`)).toEqual([
      expect.stringMatching(
        /^runs_plan\.md:\d+:3: data set words_13L has no value in "output" in 1 of 40 rows, first in row 21: the job would end with an error there$/,
      ),
      `Llama-3.2-3B-Instruct_5L_rank8: the model's weights on devslurm: ${weights}: it is cut off in its header (100 bytes) (6 runs read it)`,
    ]);
    expect(shown.data?.map(({ dataset, runs, rows }) => ({ dataset, runs, rows }))).toEqual(
      expect.arrayContaining([
        { dataset: 'words_5L', runs: 4, rows: 512 },
        { dataset: 'words_13L', runs: 4, rows: 40 },
      ]),
    );
    expect(statSync(home).mtimeMs).toBe(before);
  });

  test.skipIf(python === '' && process.env.RUNWRIGHT_REQUIRE_TORCHTUNE !== '1')(
    'the real torchtune of the login node judges all 12 configs in one process',
    async () => {
      wordData(join(home, 'data'), ['words_13L.json']);
      emptyModel(join(home, 'models', 'Llama-3.2-3B-Instruct'), ['model-00002-of-00002.safetensors']);
      give();
      const bin = dirname(environmentFor(user, python, join(lab?.dir ?? '', 'torchtune')));
      const { context, experiment_dir } = await ready([`export PATH=${bin}:$PATH`]);
      const shown = await preflightRuns({ experiment_dir, deep_check: true }, context);
      expect(shown.deep_check).toBe('torchtune 0.6.1 on devslurm accepts 12 of 12 configs');
      expect(shown.problems ?? []).toEqual([]);
    },
  );
});
