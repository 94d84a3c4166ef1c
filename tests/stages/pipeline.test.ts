import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { experimentStatus } from '../../server/stages/experiment_status.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { testContext } from '../support/context.ts';
import { localExperiment } from '../support/local_experiment.ts';

/** Every file of the experiment with its bytes. */
function bytesOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
  );
}

test('a plan goes through every stage to COMPLETED on the embedded cluster', async () => {
  const context = testContext();
  const { experiment_dir, plan } = localExperiment(context.home);
  const dir = join(context.root.dir, experiment_dir);

  expect((await planRuns({ experiment_dir, plan }, context)).summary).toBe(
    'runs_plan.md was written: 2 fine-tune runs and 1 base run; 3 added, 0 changed, 0 removed.',
  );
  expect((await setupExperimentDirs({ experiment_dir }, context)).created).toEqual([
    'tiny_base/',
    'tiny_rank4/',
    'tiny_rank8/',
    'README.md',
  ]);
  expect((await createTorchtuneConfig({ experiment_dir }, context)).summary).toBe(
    'finetune.yaml: 2 created, 0 unchanged; 1 base run skipped: a base run is never trained.',
  );
  expect((await generateSlurmScript({ experiment_dir }, context)).created).toEqual(['tiny_rank4', 'tiny_rank8']);
  expect(readdirSync(join(dir, 'tiny_base'))).toEqual(['evaluations']);

  const before = bytesOf(dir);
  await planRuns({ experiment_dir, plan }, context);
  await setupExperimentDirs({ experiment_dir }, context);
  await createTorchtuneConfig({ experiment_dir }, context);
  await generateSlurmScript({ experiment_dir }, context);
  expect(bytesOf(dir)).toEqual(before);

  const shown = await preflightRuns({ experiment_dir }, context);
  expect(shown.problems ?? []).toEqual([]);
  expect(shown).toMatchObject({ summary: '2 jobs, at most 0 GPU-hours, on cluster local.', jobs: 2, left_out: [] });
  const preflight_id = shown.preflight_id ?? '';
  const launched = await launchRuns({ experiment_dir, preflight_id }, context);
  expect(launched).toMatchObject({ summary: '2 jobs submitted to local.', uncertain: [], refused: [] });
  expect(await launchRuns({ experiment_dir, preflight_id }, context)).toMatchObject({
    submitted: [],
    already_running: ['tiny_rank4', 'tiny_rank8'],
  });

  const ended = await monitorJobs({ experiment_dir, wait_seconds: 60, until: 'done' }, context);
  expect(ended).toMatchObject({
    summary: '2 COMPLETED; every launched job has ended.',
    counts: { COMPLETED: 2 },
    done: true,
    attention: [],
  });
  expect(await readJobLog({ experiment_dir, run: 'tiny_rank4' }, context)).toMatchObject({ attempt: 1, state: 'COMPLETED' });
  expect((await experimentStatus({ experiment_dir }, context)).next).toEqual({
    tool: 'plan_runs',
    why: 'every fine-tune run is COMPLETED, with its checkpoints in <run>/artifacts/; revise adds further runs',
  });

  const status = parse(readFileSync(join(dir, 'runs_status.yaml'), 'utf8'));
  expect(status.runs.tiny_base).toEqual({ type: 'base', state: 'not-trained' });
  expect(status.runs.tiny_rank4).toMatchObject({
    type: 'fine-tune',
    state: 'COMPLETED',
    attempts: [{ attempt: 1, cluster: 'local', state: 'COMPLETED', exit_code: '0:0' }],
  });
});

test('each stage names the stage that is missing, and changes nothing', async () => {
  const context = testContext();
  const { experiment_dir, plan } = localExperiment(context.home);
  const dir = join(context.root.dir, experiment_dir);
  await expect(setupExperimentDirs({ experiment_dir }, context)).rejects.toThrow(
    `${dir} has no runs_plan.md; run \`plan_runs\` first, or check experiment_dir; nothing was changed`,
  );
  await planRuns({ experiment_dir, plan }, context);
  await expect(createTorchtuneConfig({ experiment_dir }, context)).rejects.toThrow(
    'run `setup_experiment_dirs` first: 2 of 2 run folders are missing: tiny_rank4, tiny_rank8; nothing was changed',
  );
  await setupExperimentDirs({ experiment_dir }, context);
  await expect(generateSlurmScript({ experiment_dir }, context)).rejects.toThrow(
    'run `create_torchtune_config` first: 2 of 2 finetune.yaml files are missing: tiny_rank4, tiny_rank8; nothing was changed',
  );
  await createTorchtuneConfig({ experiment_dir }, context);
  await expect(preflightRuns({ experiment_dir }, context)).rejects.toThrow(
    'run `generate_slurm_script` first: 2 of 2 finetune.slurm files are missing: tiny_rank4, tiny_rank8; nothing was changed',
  );
  await expect(launchRuns({ experiment_dir, preflight_id: 'nonsense' }, context)).rejects.toThrow(
    'no preflight of this experiment has the id "nonsense"; run `preflight_runs` and pass the preflight_id that it gives; nothing was submitted',
  );
});

async function prepared(tune?: string) {
  const context = testContext();
  const { experiment_dir, plan } = localExperiment(context.home, tune);
  await planRuns({ experiment_dir, plan }, context);
  await setupExperimentDirs({ experiment_dir }, context);
  await createTorchtuneConfig({ experiment_dir }, context);
  await generateSlurmScript({ experiment_dir }, context);
  return { context, experiment_dir, plan, dir: join(context.root.dir, experiment_dir) };
}

test("a person's edit of finetune.yaml is kept, told with its difference, and makes the script stale", async () => {
  const { context, experiment_dir, dir } = await prepared();
  const path = join(dir, 'tiny_rank4', 'finetune.yaml');
  const edited = readFileSync(path, 'utf8').replace(/^seed: .*$/m, 'seed: 7');
  writeFileSync(path, edited);
  const again = await createTorchtuneConfig({ experiment_dir }, context);
  expect(again.kept).toEqual(['tiny_rank4']);
  expect(again.problems?.[0]).toMatchObject({ severity: 'warning', where: 'tiny_rank4/finetune.yaml' });
  expect(readFileSync(path, 'utf8')).toBe(edited);
  const shown = await preflightRuns({ experiment_dir }, context);
  expect(shown.preflight_id).toBeUndefined();
  expect(shown.problems).toContainEqual({
    severity: 'error',
    where: 'tiny_rank4/finetune.slurm',
    what: 'it was made for another finetune.yaml than the one beside it, and the job would refuse to train',
    fix: 'run `generate_slurm_script` again',
  });
});

test('launch_runs refuses when a file changed since the preflight', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
  const path = join(dir, 'tiny_rank4', 'finetune.slurm');
  writeFileSync(path, `${readFileSync(path, 'utf8')}# mine\n`);
  await expect(launchRuns({ experiment_dir, preflight_id }, context)).rejects.toThrow(
    `changed since preflight ${preflight_id}: tiny_rank4/finetune.slurm; nothing was submitted; run \`preflight_runs\` again`,
  );
});

test('a failed run needs attention, shows its log, and is retried as a new attempt', async () => {
  const { context, experiment_dir } = await prepared('#!/bin/bash\necho "RuntimeError: no such luck" >&2\nexit 1\n');
  const { preflight_id = '' } = await preflightRuns({ experiment_dir, runs: ['*rank4'] }, context);
  await launchRuns({ experiment_dir, preflight_id }, context);
  const ended = await monitorJobs({ experiment_dir, wait_seconds: 60, until: 'done' }, context);
  expect(ended.attention).toEqual([
    {
      run: 'tiny_rank4',
      state: 'FAILED',
      why: 'the training ended with an error (exit code 1:0); diagnose_runs tells why, and how to go on',
    },
  ]);
  expect((await readJobLog({ experiment_dir, run: 'tiny_rank4', match: 'luck' }, context)).untrusted_log).toBe(
    'RuntimeError: no such luck\n',
  );
  expect(await preflightRuns({ experiment_dir, runs: ['*rank4'] }, context)).toMatchObject({
    jobs: 0,
    left_out: [{ why: 'ended FAILED: use mode "retry" or "resume"', count: 1 }],
  });
  const retry = await preflightRuns({ experiment_dir, runs: ['*rank4'], mode: 'retry' }, context);
  expect(retry.jobs).toBe(1);
});

test('a status file damaged by hand is rebuilt from the journal, and the damaged text is kept', async () => {
  const { context, experiment_dir, dir } = await prepared();
  writeFileSync(join(dir, 'runs_status.yaml'), 'runs: [: broken');
  const seen = await monitorJobs({ experiment_dir }, context);
  expect(seen.problems).toContainEqual({
    severity: 'warning',
    where: 'runs_status.yaml',
    what: 'the file was damaged and has been rebuilt from the journal',
    fix: 'the damaged text is kept as runs_status.yaml.damaged; delete that file when you no longer need it',
  });
  expect(readFileSync(join(dir, 'runs_status.yaml.damaged'), 'utf8')).toBe('runs: [: broken');
});

test('a half-made folder is finished, and a missing model folder is named with its line in the plan', async () => {
  const { context, experiment_dir, dir } = await prepared();
  rmSync(join(dir, 'tiny_rank8', 'evaluations'), { recursive: true });
  expect((await setupExperimentDirs({ experiment_dir }, context)).created).toEqual(['tiny_rank8/']);
  rmSync(join(context.home, 'models'), { recursive: true });
  await expect(createTorchtuneConfig({ experiment_dir }, context)).rejects.toThrow(
    /no finetune\.yaml was written\nruns_plan\.md:\d+:\d+: model "tiny-llama3" is not there: .*\/models\/tiny-llama3 does not exist; download it there, or mend its path/,
  );
});
