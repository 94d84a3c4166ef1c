import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { CAP_CROSS_EVAL, capCrossEvalPlan } from '../support/cap_cross_eval.ts';
import { testContext } from '../support/context.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');

function filesOf(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.parentPath.includes('.runwright'),
  );
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(dir, path), readFileSync(path, 'utf8')]));
}

/** With UPDATE_EXAMPLES=1 the example is written anew: read the difference before you commit it. */
test('the example holds what the stages make from its plan', async () => {
  const context = { ...testContext(), now: () => new Date('2025-10-20T12:00:00Z') };
  cpSync(join(EXAMPLES, 'clusters.yaml'), join(context.root.dir, 'clusters.yaml'));
  const experiment_dir = CAP_CROSS_EVAL;
  const example = join(EXAMPLES, experiment_dir);
  await planRuns({ experiment_dir, ...capCrossEvalPlan({ cluster: 'della', models: '/scratch/models', data: '/scratch/data' }) }, context);
  await setupExperimentDirs({ experiment_dir }, context);
  await createTorchtuneConfig({ experiment_dir }, context);
  await generateSlurmScript({ experiment_dir }, context);
  const made = filesOf(join(context.root.dir, experiment_dir));
  if (process.env.UPDATE_EXAMPLES === '1') {
    for (const [name, text] of Object.entries(made)) {
      mkdirSync(join(example, name, '..'), { recursive: true });
      writeFileSync(join(example, name), text);
    }
  }
  expect(Object.keys(made).filter((name) => name.endsWith('finetune.yaml'))).toHaveLength(12);
  expect(filesOf(example)).toEqual(made);
});
