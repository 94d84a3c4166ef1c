import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { diagnoseRuns } from '../../server/stages/diagnose_runs.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { clusterHome } from '../support/cluster_experiment.ts';
import { type TestContext, testContext } from '../support/context.ts';
import { FAILING } from '../support/failing_tune.ts';

const { lab, home, user, slurm, make } = clusterHome('failures', { tune: FAILING });

/** What the plan gives each run; its name decides how it ends. */
const RUNS: Record<string, Record<string, unknown>> = {
  times_out: {},
  cancelled: {},
  host_oom: {},
  cuda_oom: {},
  missing_module: {},
  missing_file: {},
  nan: {},
  script_error: {},
  node_fails: { partition: 'gpu', constraint: 'a100' },
  preempted: { partition: 'gpu', constraint: 'h100', qos: 'low', cpus: 96 },
};
const names = Object.keys(RUNS);
const experiment_dir = 'failures_2025-10-20';

describe.skipIf(lab === undefined)('on a real Slurm, every failure', () => {
  let here: TestContext;
  const dir = (): string => join(here.root.dir, experiment_dir);
  const attempts = () => parse(readFileSync(join(dir(), 'runs_status.yaml'), 'utf8')).runs;
  const jobOf = (run: string): string => attempts()[run].attempts.at(-1).job_id;

  beforeAll(() => {
    make();
  });
  afterAll(() => {
    if (lab !== undefined) slurm('scancel', '-u', user);
  });

  test('is seen, diagnosed right, and gone on from', async () => {
    here = testContext();
    const profile = {
      experiments_dir: join(home, 'experiments'),
      setup: [`export PATH=${join(home, 'tune')}:$PATH`],
      defaults: { partition: 'cpu', mem: '100M', cpus: 1, time: '0:30:00' },
    };
    writeFileSync(join(here.root.dir, 'clusters.yaml'), lab?.yaml('devslurm', profile) ?? '');
    const model = { model: 'Llama-3.2-1B-Instruct', dataset: 'words' };
    await planRuns(
      {
        experiment_dir,
        plan: {
          cluster: 'devslurm',
          models: [{ model: model.model, path: join(home, 'models', model.model) }],
          datasets: [{ dataset: 'words', path: join(home, 'data', 'words.json'), format: 'instruct' }],
          defaults: {
            method: 'lora',
            lora_rank: 8,
            epochs: 2,
            warmup_steps: 0,
            lr: '3e-4',
            batch_size: 4,
            gradient_accumulation_steps: 8,
            gpus: 0,
            dtype: 'fp32',
            mem: '100M',
            save_adapter_weights_only: true,
          },
          runs: names.map((run) => ({ run, ...model, ...RUNS[run] })),
        },
      },
      here,
    );
    await setupExperimentDirs({ experiment_dir }, here);
    await createTorchtuneConfig({ experiment_dir }, here);
    await generateSlurmScript({ experiment_dir }, here);
    await launch('new', names);

    const waiting = ['times_out', 'cancelled', 'node_fails', 'preempted'];
    for (let tries = 0; tries < 60; tries += 1) {
      await monitorJobs({ experiment_dir }, here);
      if (waiting.every((run) => attempts()[run].state === 'RUNNING')) break;
      await sleep(300);
    }
    // What they save first is there when they are stopped.
    await sleep(1000);
    const node: string = attempts().node_fails.attempts[0].node;
    slurm('scontrol', 'update', `jobid=${jobOf('times_out')}`, 'EndTime=now+1');
    slurm('runuser', '-u', user, '--', 'scancel', jobOf('cancelled'));
    slurm('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test'); // It comes back by itself.
    const urgent = ['-q', 'high', '-p', 'gpu', '-w', 'gpu3', '-c', '96', '--mem=100M', '--time=1', '-o', '/dev/null', '--wrap', 'sleep 1'];
    slurm('runuser', '-u', user, '--', 'sbatch', '-D', home, ...urgent);
    await monitorJobs({ experiment_dir, wait_seconds: 100, until: 'done' }, here);

    const cgroups = readFileSync(join(lab?.dir ?? '', 'etc', 'slurm.conf'), 'utf8').includes('task/cgroup');
    const found = await diagnoseRuns({ experiment_dir }, here);
    const told = Object.fromEntries(found.groups.flatMap(({ runs, cause, what, mode }) => runs.map((run) => [run, { cause, what, mode }])));
    expect(told).toEqual({
      times_out: { cause: 'time_limit', what: 'the time limit was reached (00:30:00)', mode: 'resume' },
      cancelled: { cause: 'cancelled', what: `the job was cancelled by ${user}`, mode: 'resume' },
      host_oom: cgroups
        ? { cause: 'host_oom', what: 'the job used more host memory than it asked for (100M)', mode: 'retry' }
        : { cause: 'killed', what: 'something killed it (SIGKILL), usually for want of host memory', mode: 'retry' },
      cuda_oom: { cause: 'cuda_oom', what: 'the GPU ran out of memory', mode: 'retry' },
      missing_module: { cause: 'missing_module', what: 'a Python package is missing', mode: 'retry' },
      missing_file: { cause: 'missing_file', what: 'a file is missing', mode: 'retry' },
      nan: { cause: 'nan_loss', what: 'the loss is NaN or infinite', mode: undefined },
      script_error: { cause: 'unknown', what: 'it ended with exit code 3:0, and its log does not tell why', mode: undefined },
      node_fails: { cause: 'node_failed', what: `its node failed (${node})`, mode: 'resume' },
      preempted: { cause: 'preempted', what: 'a job of higher priority took its place', mode: 'resume' },
    });
    const groups = Object.fromEntries(found.groups.map((group) => [group.cause, group]));
    expect(groups.missing_module?.untrusted_evidence.at(-1)).toMatch(/^ImportError: ``wandb`` package not found\./);
    expect(groups.missing_file?.untrusted_evidence.at(-1)).toMatch(/^FileNotFoundError: .*tokenizer\.model'$/);

    const again = await launch('retry', ['cuda_oom', ...(cgroups ? ['host_oom'] : [])]);
    expect(again.changes.map(({ change }) => change)).toEqual([
      ...(cgroups ? ['mem: 100M -> 200M'] : []),
      'batch_size: 4 -> 2',
      'gradient_accumulation_steps: 8 -> 16',
    ]);
    const on = await launch('resume', ['times_out', 'preempted', 'node_fails', 'cancelled']);
    expect(on.changes.map(({ change, runs }) => [change, runs])).toEqual(
      expect.arrayContaining([
        ['goes on after epoch 1 of 2', ['times_out', 'cancelled', 'node_fails', 'preempted']],
        [`exclude: not set -> ${node}`, ['node_fails']],
      ]),
    );
    const ended = await monitorJobs({ experiment_dir, wait_seconds: 60, until: 'done' }, here);
    expect(ended.counts).toEqual(cgroups ? { COMPLETED: 7, FAILED: 3 } : { COMPLETED: 6, FAILED: 4 });
    expect(attempts().node_fails.attempts[1].node).not.toBe(node);
    expect(attempts().times_out.attempts).toMatchObject([{ state: 'TIMEOUT' }, { state: 'COMPLETED', resumed_from: 'after epoch 1 of 2' }]);
    const config = parse(readFileSync(join(home, 'experiments', experiment_dir, 'cuda_oom', 'attempts', '2', 'finetune.yaml'), 'utf8'));
    expect(config.batch_size * config.gradient_accumulation_steps).toBe(32);
  });

  async function launch(mode: 'new' | 'retry' | 'resume', runs: string[]) {
    const shown = await preflightRuns({ experiment_dir, runs, mode }, here);
    expect(shown.problems?.filter(({ severity }) => severity === 'error') ?? []).toEqual([]);
    expect(shown.jobs).toBe(runs.length);
    const done = await launchRuns({ experiment_dir, preflight_id: shown.preflight_id ?? '' }, here);
    expect(done.counts).toMatchObject({ submitted: runs.length });
    return shown;
  }
});
