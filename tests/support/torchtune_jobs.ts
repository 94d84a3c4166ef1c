import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { environmentFor } from '../../demo/cluster_environment.ts';
import { TINY_LLAMA, writeTinyModel } from '../../demo/tiny_model.ts';
import { wordsFile } from '../../demo/words.ts';
import { newestAttempt, readSteps } from '../../server/frameworks/torchtune/runs/metric_lines.ts';
import type { PlanInput, RunInput } from '../../server/plan/input.ts';
import { cancelRuns } from '../../server/stages/cancel_runs.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { diagnoseRuns } from '../../server/stages/diagnose_runs.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { type TestContext, temporaryFolder, testContext } from './context.ts';
import type { DevelopmentCluster } from './development_cluster.ts';
import { give, sharedFolder } from './shared_disk.ts';

const experiment_dir = 'tiny_2025-10-20';
/** NF4 takes weights whose numbers are a multiple of 16,384. */
const WIDER = { ...TINY_LLAMA, embed_dim: 256, intermediate_dim: 512 };
const ROWS = 48;
export const STEPS_AN_EPOCH = ROWS / 4;

/** Each word with its capitals preferred to the word as it was. */
const pairsFile = (words: string): string => {
  const talk = (asked: string, answer: string) => [
    { role: 'user', content: asked },
    { role: 'assistant', content: answer },
  ];
  const rows = JSON.parse(words) as { input: string; output: string }[];
  return JSON.stringify(rows.map(({ input, output }) => ({ chosen: talk(input, output), rejected: talk(input, input) })));
};

/** As many as fill the largest batch, each longer than the models read. */
const longRows = () => Array.from({ length: 256 }, (_, index) => ({ input: `row ${index}`, output: 'capital letters '.repeat(80) }));

async function writeInputs(home: string): Promise<void> {
  mkdirSync(join(home, 'data'));
  writeFileSync(join(home, 'data', 'words.json'), wordsFile(5, ROWS));
  writeFileSync(join(home, 'data', 'pairs.json'), pairsFile(wordsFile(5, ROWS)));
  writeFileSync(join(home, 'data', 'long.json'), JSON.stringify(longRows()));
  await Promise.all([writeTinyModel(join(home, 'models', 'tiny')), writeTinyModel(join(home, 'models', 'wider'), WIDER)]);
}

/** Where the jobs run: a folder of theirs, the profiles of its cluster, and what every run is asked for there. */
interface Place {
  home: string;
  context: TestContext;
  cluster: string;
  clusters_yaml: string;
  defaults: PlanInput['defaults'];
}

/** Runs of two tiny models, `tiny` and `wider`, on the data sets `words` and `pairs`, trained by the real torchtune in jobs. */
export class TorchtuneJobs {
  readonly home: string;
  private readonly context: TestContext;

  private constructor(home: string, context: TestContext) {
    this.home = home;
    this.context = context;
  }

  /** On the CPU, in jobs of a real Slurm. */
  static async prepare(lab: DevelopmentCluster, python: string, runs: RunInput[]): Promise<TorchtuneJobs> {
    const home = sharedFolder(lab, `torchtune-${process.pid}`);
    await writeInputs(home);
    give(lab, home);
    const trainer = environmentFor(lab.profile.user ?? '', python, join(lab.dir, 'torchtune'));
    const profile = {
      experiments_dir: join(home, 'experiments'),
      setup: [`export PATH=${dirname(trainer)}:$PATH`],
      env: { HF_HUB_OFFLINE: '1', HF_HOME: join(home, 'hf'), OMP_NUM_THREADS: '1' },
      defaults: { partition: 'cpu', mem: '4G', cpus: 1 },
    };
    const place = { home, context: testContext(), cluster: 'devslurm', clusters_yaml: lab.yaml('devslurm', profile) };
    return TorchtuneJobs.write({ ...place, defaults: { gpus: 0, dtype: 'fp32' } }, runs);
  }

  /** On the GPU of this machine, by the embedded scheduler. */
  static async prepareOnGpu(python: string, runs: RunInput[]): Promise<TorchtuneJobs> {
    const home = temporaryFolder();
    await writeInputs(home);
    const local = { setup: [`export PATH=${dirname(python)}:$PATH`], env: { HF_HUB_OFFLINE: '1', HF_HOME: join(home, 'hf') } };
    const defaults = { gpus: 1, dtype: 'bf16', cpus: 2, mem: '8G' };
    const place = { home, context: testContext(home), cluster: 'local', clusters_yaml: stringify({ local }) };
    return TorchtuneJobs.write({ ...place, defaults }, runs);
  }

  /** Plan, folders, configs and scripts. */
  private static async write({ home, context, cluster, clusters_yaml, defaults }: Place, runs: RunInput[]): Promise<TorchtuneJobs> {
    writeFileSync(join(context.root.dir, 'clusters.yaml'), clusters_yaml);
    const model = (name: string, sizes: typeof TINY_LLAMA | typeof WIDER) => ({
      model: name,
      path: join(home, 'models', name),
      builder: 'llama3',
      ...sizes,
    });
    const plan = {
      cluster,
      models: [model('tiny', TINY_LLAMA), model('wider', WIDER)],
      datasets: [
        { dataset: 'words', path: join(home, 'data', 'words.json'), format: 'instruct' },
        { dataset: 'long', path: join(home, 'data', 'long.json'), format: 'instruct' },
        { dataset: 'pairs', path: join(home, 'data', 'pairs.json'), format: 'preference' },
      ],
      defaults: {
        epochs: 1,
        lr: '1e-3',
        batch_size: 4,
        gradient_accumulation_steps: 1,
        warmup_steps: 2,
        time: '0:10:00',
        ...defaults,
      },
      runs,
    };
    await planRuns({ experiment_dir, plan }, context);
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    return new TorchtuneJobs(home, context);
  }

  /** Checked and submitted: how many jobs. */
  async launch(mode: 'new' | 'resume' | 'retry'): Promise<number> {
    const shown = await preflightRuns({ experiment_dir, mode }, this.context);
    expect((shown.problems ?? []).filter(({ severity }) => severity === 'error')).toEqual([]);
    await launchRuns({ experiment_dir, preflight_id: shown.preflight_id ?? '' }, this.context);
    return shown.jobs;
  }

  async untilDone(counts: Record<string, number>): Promise<void> {
    const { context } = this;
    const ended = await monitorJobs({ experiment_dir, wait_seconds: 200, until: 'done' }, context);
    const failed = ended.attention.find(({ state }) => state === 'FAILED')?.run;
    const log = failed === undefined ? '' : (await readJobLog({ experiment_dir, run: failed }, context)).untrusted_log;
    expect(ended.counts, log).toEqual(counts);
  }

  /** How many runs ended in which state. */
  async ended(): Promise<Record<string, number>> {
    return (await monitorJobs({ experiment_dir, wait_seconds: 200, until: 'done' }, this.context)).counts;
  }

  diagnosis = (): ReturnType<typeof diagnoseRuns> => diagnoseRuns({ experiment_dir }, this.context);

  async cancelInEpoch2(run: string): Promise<void> {
    await this.inEpoch2(run);
    const shown = await cancelRuns({ experiment_dir, runs: [run] }, this.context);
    await cancelRuns({ experiment_dir, runs: [run], confirm: shown.cancel_id }, this.context);
  }

  private async inEpoch2(run: string): Promise<void> {
    for (let waited = 0; waited < 120_000; waited += 200) {
      try {
        if (this.steps(run).length > STEPS_AN_EPOCH) return;
      } catch {
        // The log is not there yet.
      }
      await sleep(200);
    }
    throw new Error(`${run} did not get to its second epoch`);
  }

  file(run: string, path: string): string {
    return join(this.home, 'experiments', experiment_dir, run, path);
  }

  steps(run: string) {
    return readSteps(readFileSync(this.file(run, 'logs/metrics.log'), 'utf8')).steps;
  }

  losses(run: string): (number | undefined)[] {
    return newestAttempt(this.steps(run)).map(({ loss }) => loss);
  }

  /** Each step of epoch 2 has the very loss, and its end the very weights, of the run that nobody stopped. */
  wentOnAs(stopped: string, unstopped: string): void {
    expect(this.losses(unstopped)).toHaveLength(2 * STEPS_AN_EPOCH);
    expect(this.losses(stopped)).toEqual(this.losses(unstopped).slice(STEPS_AN_EPOCH));
    const weights = (run: string) => readFileSync(this.file(run, 'artifacts/epoch_1/adapter_model.safetensors'));
    expect(weights(stopped)).toEqual(weights(unstopped));
  }
}
