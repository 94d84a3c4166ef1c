import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { launched, letGo, prepared, untilLetGo } from '../support/prepared_experiment.ts';
import { snapshot } from '../support/refusal.ts';

const FIX = 'leave it, or call again with overwrite: true to replace it';

test.each([
  ['README.md', setupExperimentDirs, 'setup_experiment_dirs', '# ', '# Mine: '],
  ['tiny_rank4/finetune.yaml', createTorchtuneConfig, 'create_torchtune_config', 'seed: ', 'seed: 1'],
  ['tiny_rank4/finetune.slurm', generateSlurmScript, 'generate_slurm_script', '#SBATCH --time=', '#SBATCH --time=1-'],
])('an edited %s is kept with its difference, and replaced only when told so', async (where, stage, tool, from, to) => {
  const { context, experiment_dir, dir } = await prepared();
  const written = readFileSync(join(dir, where), 'utf8');
  writeFileSync(join(dir, where), written.replace(from, to));
  const before = snapshot(dir);
  const kept = await stage({ experiment_dir }, context);
  expect(snapshot(dir)).toEqual(before);
  expect(kept.counts).toMatchObject({ kept: 1, updated: 0 });
  expect(kept.problems).toHaveLength(1);
  const problem = kept.problems?.[0];
  expect(problem).toMatchObject({ severity: 'warning', where, fix: FIX });
  expect(problem?.what).toMatch(new RegExp(`^you have edited this file since ${tool} wrote it, so it was kept; the difference:\n`));
  expect(problem?.what).toContain(`\n-${to}`);
  expect((await stage({ experiment_dir, overwrite: true, dry_run: true }, context)).counts).toMatchObject({ updated: 1 });
  expect(snapshot(dir)).toEqual(before);
  expect((await stage({ experiment_dir, overwrite: true }, context)).counts).toMatchObject({ updated: 1, kept: 0 });
  expect(readFileSync(join(dir, where), 'utf8')).toBe(written);
});

test('files of a run whose job has not ended are kept, whatever overwrite says, until the job has ended', async () => {
  const { context, experiment_dir, dir } = await launched(untilLetGo);
  const revised = await planRuns({ experiment_dir, revise: { runs: [{ run: 'tiny_rank4', lora_rank: 16, time: '0:10:00' }] } }, context);
  expect(revised.problems).toEqual([
    {
      severity: 'warning',
      where: 'tiny_rank4',
      what: 'its settings changed although it has been launched: its job trains with the old ones',
      fix: 'cancel and retry it, or give the new settings to a new run',
    },
  ]);
  const config = join(dir, 'tiny_rank4', 'finetune.yaml');
  const before = snapshot(dir);
  const files = (of: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(of).filter(([name]) => /finetune\./.test(name)));
  for (const overwrite of [false, true]) {
    const kept = await createTorchtuneConfig({ experiment_dir, overwrite }, context);
    expect(kept).toMatchObject({
      summary:
        'finetune.yaml: 0 created, 1 unchanged, 1 kept for jobs that have not ended; 1 base run skipped: a base run is never trained.',
      kept: ['tiny_rank4'],
      counts: { created: 0, updated: 0, unchanged: 1, kept: 1, skipped: 1 },
    });
    expect(kept.problems).toEqual([
      {
        severity: 'warning',
        where: 'tiny_rank4/finetune.yaml',
        what: expect.stringMatching(
          /^attempt 1 \(job \d+, PENDING\) has not ended and trains with this file, so it was kept, whatever overwrite says; the difference:\n[\s\S]*- {2}lora_rank: 4 .*\n[\s\S]*\+ {2}lora_rank: 16 .*\n/,
        ),
        fix: 'give the new settings to a new run; or wait for the end of the job (monitor_jobs) or cancel it (cancel_runs), then call again',
      },
    ]);
    expect((await generateSlurmScript({ experiment_dir, overwrite }, context)).kept).toEqual(['tiny_rank4']);
    expect(files(snapshot(dir))).toEqual(files(before));
  }
  letGo(context.home);
  expect(await monitorJobs({ experiment_dir, wait_seconds: 20, until: 'done' }, context)).toMatchObject({ counts: { COMPLETED: 2 } });
  expect((await createTorchtuneConfig({ experiment_dir }, context)).updated).toEqual(['tiny_rank4']);
  expect(readFileSync(config, 'utf8')).toContain('lora_rank: 16');
});

test('a config that a person edited behind the script is not launched', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const path = join(dir, 'tiny_rank8', 'finetune.yaml');
  writeFileSync(path, 'not: [a, config');
  await expect(generateSlurmScript({ experiment_dir }, context)).rejects.toThrow('tiny_rank8/finetune.yaml');
  await expect(preflightRuns({ experiment_dir }, context)).rejects.toThrow('tiny_rank8/finetune.yaml');
});
