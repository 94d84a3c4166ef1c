import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { prepared } from '../support/prepared_experiment.ts';

/** An experiment of which a person has edited one config. */
async function edited(edit: (text: string) => string) {
  const experiment = await prepared();
  const path = join(experiment.dir, 'tiny_rank4', 'finetune.yaml');
  const text = edit(readFileSync(path, 'utf8'));
  writeFileSync(path, text);
  return { ...experiment, lineOf: (key: string) => text.split('\n').findIndex((line) => line.startsWith(`${key}:`)) + 1 };
}

describe('a finetune.yaml that a person has edited', () => {
  it('is judged at its own lines before its script is made, and before it is queued', async () => {
    const { context, experiment_dir, lineOf } = await edited((text) => text.replace(/^epochs:/m, 'epoch:'));
    const fault = {
      severity: 'error',
      where: `tiny_rank4/finetune.yaml:${lineOf('epoch')}:1`,
      what: 'lora_finetune_single_device does not read "epoch" and torchtune would ignore it without a word',
      fix: 'did you mean "epochs"?',
    };
    await expect(generateSlurmScript({ experiment_dir }, context)).rejects.toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining(fault)]),
    });
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.preflight_id).toBeUndefined();
    expect(shown.problems).toContainEqual(expect.objectContaining(fault));
  });

  it('is let through where nothing is wrong with it', async () => {
    const { context, experiment_dir } = await edited((text) => text.replace(/^seed:.*$/m, 'seed: 7'));
    const { problems = [] } = await generateSlurmScript({ experiment_dir }, context);
    expect(problems.filter(({ where }) => where.includes('finetune.yaml:'))).toEqual([]);
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.problems?.filter(({ where }) => where.includes('finetune.yaml:')) ?? []).toEqual([]);
  });
});
