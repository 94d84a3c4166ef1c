import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { diagnoseRuns } from '../../server/stages/diagnose_runs.ts';
import { experimentStatus } from '../../server/stages/experiment_status.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { failsAbove, failsWith, recorded, stopsAfterOneEpoch } from '../support/failing_tune.ts';
import { letGo, prepared, untilLetGo } from '../support/prepared_experiment.ts';
import { standInTune } from '../support/stand_in_tune.ts';

type Prepared = Awaited<ReturnType<typeof prepared>>;

const runs = ['tiny_rank4'];

/** Preflight, launch, and to the end. */
async function attempt({ context, experiment_dir }: Prepared, mode: 'new' | 'retry' | 'resume' = 'new', anyway = false) {
  const shown = await preflightRuns({ experiment_dir, runs, mode, anyway }, context);
  expect(shown.problems?.filter(({ severity }) => severity === 'error') ?? []).toEqual([]);
  await launchRuns({ experiment_dir, preflight_id: shown.preflight_id ?? '' }, context);
  const ended = await monitorJobs({ experiment_dir, wait_seconds: 60, until: 'done' }, context);
  return { shown, ended };
}

test('a run out of GPU memory is diagnosed, and its retry trains the same effective batch to the end', async () => {
  const experiment = await prepared(() => failsAbove(2, recorded('cuda_oom')));
  const { context, experiment_dir, dir } = experiment;
  const { ended } = await attempt(experiment);
  expect(ended).toMatchObject({
    counts: { FAILED: 1, planned: 1 },
    attention: [
      {
        run: 'tiny_rank4',
        state: 'FAILED',
        why: 'the training ended with an error (exit code 1:0); diagnose_runs tells why, and how to go on',
      },
    ],
    next: { tool: 'diagnose_runs' },
  });

  const found = await diagnoseRuns({ experiment_dir }, context);
  expect(found).toMatchObject({
    summary: '1 run of 1 launched needs a look: 1 cuda_oom.',
    groups: [{ cause: 'cuda_oom', what: 'the GPU ran out of memory', count: 1, runs, safe_to_retry: true, mode: 'retry' }],
    next: { tool: 'preflight_runs', why: 'with mode "retry" it shows what each run would do next; where a mend is named, mend that first' },
  });
  expect(found.groups[0]?.untrusted_evidence.at(-1)).toMatch(
    /^torch\.OutOfMemoryError: CUDA out of memory\. Tried to allocate 1\.96 GiB\./,
  );

  const plan = readFileSync(join(dir, 'tiny_rank4', 'finetune.yaml'), 'utf8');
  const script = readFileSync(join(dir, 'tiny_rank4', 'finetune.slurm'), 'utf8');
  const again = await attempt(experiment, 'retry');
  expect(again.shown).toMatchObject({
    summary: '1 job, at most 0 GPU-hours, on cluster local; 1 of them other than the plan.',
    jobs: 1,
    left_out: [],
  });
  expect(again.shown.changes.map(({ change, count }) => ({ change, count }))).toEqual([
    { change: 'batch_size: 4 -> 2', count: 1 },
    { change: 'gradient_accumulation_steps: 1 -> 2', count: 1 },
  ]);
  expect(again.ended).toMatchObject({ counts: { COMPLETED: 1, planned: 1 }, attention: [] });

  // The plan's files are what they were; the attempt has its own.
  expect(readFileSync(join(dir, 'tiny_rank4', 'finetune.yaml'), 'utf8')).toBe(plan);
  expect(readFileSync(join(dir, 'tiny_rank4', 'finetune.slurm'), 'utf8')).toBe(script);
  const config = parse(readFileSync(join(dir, 'tiny_rank4', 'attempts', '2', 'finetune.yaml'), 'utf8'));
  expect(config.batch_size * config.gradient_accumulation_steps).toBe(parse(plan).batch_size * parse(plan).gradient_accumulation_steps);
  const status = parse(readFileSync(join(dir, 'runs_status.yaml'), 'utf8'));
  expect(status.runs.tiny_rank4.attempts).toMatchObject([
    { attempt: 1, state: 'FAILED' },
    { attempt: 2, state: 'COMPLETED', changes: ['batch_size: 4 -> 2', 'gradient_accumulation_steps: 1 -> 2'] },
  ]);
  expect(status.runs.tiny_rank4.attempts[0]).not.toHaveProperty('changes');
  expect(await experimentStatus({ experiment_dir }, context)).toMatchObject({
    differing: [{ run: 'tiny_rank4', attempt: 2, changes: ['batch_size: 4 -> 2', 'gradient_accumulation_steps: 1 -> 2'] }],
  });
  expect(await diagnoseRuns({ experiment_dir }, context)).toMatchObject({
    summary: '0 runs of 1 launched need a look.',
    groups: [],
    next: { tool: 'monitor_jobs', why: 'nothing is wrong with these runs' },
  });
});

test('a run that reached its time limit gets more time, from the start or from its last checkpoint', { timeout: 90_000 }, async () => {
  const experiment = await prepared(() => stopsAfterOneEpoch('sleep 100'));
  const { context, experiment_dir, dir } = experiment;
  await planRuns(
    { experiment_dir, revise: { defaults: { time: '0:00:10', epochs: 2, warmup_steps: 0, save_adapter_weights_only: true } } },
    context,
  );
  await createTorchtuneConfig({ experiment_dir }, context);
  await generateSlurmScript({ experiment_dir }, context);
  await attempt(experiment);
  expect(await diagnoseRuns({ experiment_dir }, context)).toMatchObject({
    groups: [{ cause: 'time_limit', what: 'the time limit was reached (00:00:10)', mode: 'resume', safe_to_retry: true }],
  });
  const fresh = await preflightRuns({ experiment_dir, runs, mode: 'retry' }, context);
  expect(fresh.changes).toEqual([{ change: 'time: 00:00:10 -> 00:00:48', why: expect.any(String), count: 1, runs }]);

  expect(fresh.problems).toContainEqual({
    severity: 'warning',
    where: 'tiny_rank4',
    what: 'it has a whole checkpoint, and mode "retry" trains all of it again, over that checkpoint',
    fix: 'mode "resume" goes on from the checkpoint; launch this only to begin afresh',
  });

  // What a person has raised in the plan holds.
  await planRuns({ experiment_dir, revise: { defaults: { time: '0:05:00' } } }, context);
  await generateSlurmScript({ experiment_dir }, context);
  const { shown, ended } = await attempt(experiment, 'resume');
  expect(shown.changes.filter(({ change }) => change.startsWith('time'))).toEqual([]);
  expect(shown.changes.map(({ change }) => change)).toEqual(
    expect.arrayContaining(['goes on after epoch 1 of 2', 'resume_from_checkpoint: false -> true']),
  );
  expect(ended).toMatchObject({ counts: { COMPLETED: 1, planned: 1 } });
  const status = parse(readFileSync(join(dir, 'runs_status.yaml'), 'utf8'));
  expect(status.runs.tiny_rank4.attempts[1]).toMatchObject({ attempt: 2, state: 'COMPLETED', resumed_from: 'after epoch 1 of 2' });
});

test('the same failure twice at the same step is refused with its reason, and so is a fourth attempt', async () => {
  const experiment = await prepared(() => failsWith(recorded('missing_module')));
  const { context, experiment_dir } = experiment;
  await attempt(experiment);
  const first = await attempt(experiment, 'retry');
  expect(first.shown.problems).toEqual([
    {
      severity: 'warning',
      where: 'tiny_rank4',
      what: expect.stringMatching(
        /^the last attempt failed, and runwright changes nothing about it: a Python package is missing: wandb is not in the job's environment: /,
      ),
      fix: 'mend it first; if that is done, go on: the same failure twice at the same step is refused',
    },
  ]);
  const refused = await preflightRuns({ experiment_dir, runs, mode: 'retry' }, context);
  expect(refused).toMatchObject({ jobs: 0, left_out: [{ count: 1, runs }] });
  expect(refused.left_out[0]?.why).toMatch(
    /^twice the same, before the first step, with nothing changed in between \(a Python package is missing\): .*; then call with anyway: true$/,
  );
  await attempt(experiment, 'retry', true);
  expect((await preflightRuns({ experiment_dir, runs, mode: 'retry' }, context)).left_out).toEqual([
    { why: '3 attempts have failed, the most that are made unasked: mend the cause, then call with anyway: true', count: 1, runs },
  ]);
});

test('a loss of NaN is no success: the same config is not tried again, another one is', async () => {
  const experiment = await prepared(() => failsWith(recorded('nan'), 0));
  const { context, experiment_dir, dir } = experiment;
  const { ended } = await attempt(experiment);
  expect(ended.counts).toEqual({ COMPLETED: 1, planned: 1 });
  const found = await diagnoseRuns({ experiment_dir }, context);
  expect(found.groups).toMatchObject([{ cause: 'nan_loss', what: 'the loss is NaN or infinite', safe_to_retry: false }]);
  expect(found.groups[0]).not.toHaveProperty('mode');
  const refused = await preflightRuns({ experiment_dir, runs, mode: 'retry' }, context);
  expect(refused.left_out[0]?.why).toMatch(/^the loss is NaN or infinite, and the same config would do it again: /);
  await planRuns({ experiment_dir, revise: { defaults: { lr: '1e-5' } } }, context);
  await createTorchtuneConfig({ experiment_dir }, context);
  await generateSlurmScript({ experiment_dir }, context);
  const shown = await preflightRuns({ experiment_dir, runs, mode: 'retry' }, context);
  expect(shown).toMatchObject({ jobs: 1, changes: [], left_out: [] });

  // Before its first step, the second attempt is not blamed for the last step of the first.
  appendFileSync(join(dir, 'tiny_rank4', 'logs', 'metrics.log'), 'Step 16 | loss:nan lr:0.0003 tokens_per_second_per_gpu:0.0\n');
  standInTune(join(context.home, 'bin'), untilLetGo(context.home));
  await sleep(1100);
  await launchRuns({ experiment_dir, preflight_id: shown.preflight_id ?? '' }, context);
  const counts = async () => (await monitorJobs({ experiment_dir }, context)).counts;
  for (let tries = 0; tries < 100 && (await counts()).RUNNING !== 1; tries += 1) await sleep(100);
  expect(await monitorJobs({ experiment_dir }, context)).toMatchObject({ counts: { RUNNING: 1 }, attention: [] });
  expect((await diagnoseRuns({ experiment_dir }, context)).groups).toEqual([]);
  letGo(context.home);
});

test('what a preflight of a retry showed is launched as it was shown, or not at all', async () => {
  const experiment = await prepared(() => failsAbove(2, recorded('cuda_oom')));
  const { context, experiment_dir, dir } = experiment;
  await attempt(experiment);
  const { preflight_id = '' } = await preflightRuns({ experiment_dir, runs, mode: 'retry' }, context);
  const path = join(dir, 'tiny_rank4', 'finetune.yaml');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, `${before}# mine\n`);
  await expect(launchRuns({ experiment_dir, preflight_id }, context)).rejects.toThrow(
    `changed since preflight ${preflight_id}: tiny_rank4/finetune.yaml; nothing was submitted; run \`preflight_runs\` again`,
  );
  writeFileSync(path, before);
  expect(await launchRuns({ experiment_dir, preflight_id }, context)).toMatchObject({ submitted: [{ run: 'tiny_rank4' }] });
  expect(await launchRuns({ experiment_dir, preflight_id }, context)).toMatchObject({ submitted: [], already_running: runs });
});

test('a config that a person has edited is launched as it is, and told to be none of the plan', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const path = join(dir, 'tiny_rank4', 'finetune.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^seed: .*$/m, 'seed: 7'));
  await generateSlurmScript({ experiment_dir }, context);
  const shown = await preflightRuns({ experiment_dir }, context);
  expect(shown.problems).toEqual([
    {
      severity: 'warning',
      where: 'tiny_rank4/finetune.yaml',
      what: 'it was edited by hand, and is not what the plan gives',
      fix: 'nothing, if that is meant; `create_torchtune_config` shows the difference, and with overwrite writes it anew',
    },
  ]);
  expect(shown.preflight_id).toBeDefined();
});

test('a config that is older than the plan is refused, with the difference', async () => {
  const { context, experiment_dir } = await prepared();
  await planRuns({ experiment_dir, revise: { defaults: { lr: '1e-5', time: '2:00:00' } } }, context);
  const shown = await preflightRuns({ experiment_dir }, context);
  expect(shown.preflight_id).toBeUndefined();
  expect(shown.problems?.map(({ where, what, fix }) => ({ where, what, fix }))).toEqual([
    {
      where: 'tiny_rank4/finetune.yaml and 1 more',
      what: expect.stringMatching(/^it is not what the plan gives now; the difference:\n(.*\n)*- {2}lr: .*\n\+ {2}lr: /),
      fix: 'run `create_torchtune_config` and `generate_slurm_script` again',
    },
    {
      where: 'tiny_rank4/finetune.slurm and 1 more',
      what: 'it is not what the plan gives now; the difference:\n-#SBATCH --time=00:05:00\n+#SBATCH --time=02:00:00',
      fix: 'run `generate_slurm_script` again',
    },
  ]);
});
