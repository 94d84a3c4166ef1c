import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendJournal } from '../../server/experiment/journal.ts';
import { torchtune } from '../../server/frameworks/torchtune/framework.ts';
import { earlierRuns } from '../../server/launch/preflight/earlier_runs.ts';
import { digest } from '../../server/model/digest.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { testContext } from '../support/context.ts';
import { prepared } from '../support/prepared_experiment.ts';

type Prepared = Awaited<ReturnType<typeof prepared>>;

/** As if the run had been trained to its end in so many seconds; its log lies here when it has steps. */
function trained({ dir }: Pick<Prepared, 'dir'>, run: string, seconds: number, steps?: number): void {
  const start = Date.parse('2025-10-20T10:00:00Z');
  const text = (file: string): string => readFileSync(join(dir, run, file), 'utf8');
  const token = `token-of-${run}`;
  const files = { config_sha256: digest(text('finetune.yaml')), script_sha256: digest(text('finetune.slurm')) };
  const time = (ms: number): string => new Date(start + ms).toISOString();
  const entry = { t: time(0), token };
  appendJournal(dir, [
    { ...entry, kind: 'intent', run, attempt: 1, job_name: run, cluster: 'local', preflight_id: 'p', ...files },
    { ...entry, kind: 'submitted', job_id: '1' },
    { ...entry, kind: 'seen', state: 'COMPLETED', started: time(0), ended: time(seconds * 1000) },
  ]);
  if (steps === undefined) return;
  mkdirSync(join(dir, run, 'logs'), { recursive: true });
  writeFileSync(join(dir, run, 'logs', 'metrics.log'), `Step ${steps} | loss:1.5 lr:0.0003 tokens_per_second_per_gpu:100.0 \n`);
}

/** A plan without a time limit, up to its configs. */
async function withoutTime({ context, experiment_dir, plan }: Prepared, name: string, more: object = {}) {
  const { time: _time, ...defaults } = plan.defaults;
  const other = { experiment_dir: name, plan: { ...plan, defaults: { ...defaults, ...more } } };
  expect(experiment_dir).not.toBe(name);
  await planRuns(other, context);
  await setupExperimentDirs({ experiment_dir: name }, context);
  await createTorchtuneConfig({ experiment_dir: name }, context);
  return generateSlurmScript({ experiment_dir: name }, context);
}

describe('the time of a training', () => {
  it('is unknown while nothing like it was trained, and then the job gets a time that is told', async () => {
    const first = await prepared();
    const made = await withoutTime(first, 'again_2025-10-21');
    expect(made.resources[0]?.because).toContain('a time limit of 04:00:00: the plan and the profile are silent');
    expect(made.problems?.[0]?.what).toBe('the plan and the cluster profile set no time, so the job gets 04:00:00');
  });

  it('is that of earlier runs on the same data and devices, whatever their rank, and gives the time limit', async () => {
    const first = await prepared();
    trained(first, 'tiny_rank4', 1800);
    trained(first, 'tiny_rank8', 2400);
    const made = await withoutTime(first, 'again_2025-10-21', { epochs: 2, save_adapter_weights_only: true });
    expect(made.resources[0]?.because).toContain(
      'a time limit of 02:10:00: about 80 min (2 earlier runs on the same data and GPUs) expected, half as much again and 10 min',
    );
    expect(made.problems).toBeUndefined();
  });

  it('warns when the plan gives less', async () => {
    const first = await prepared();
    trained(first, 'tiny_rank4', 1800);
    const again = await generateSlurmScript({ experiment_dir: first.experiment_dir }, first.context);
    expect(again.problems).toEqual([
      {
        severity: 'warning',
        where: expect.stringMatching(/^runs_plan\.md:\d+:\d+$/),
        what: 'the time limit of 00:05:00 is likely too short: about 30 min (1 earlier run on the same data and GPUs) expected',
        fix: 'set time to 00:55:00',
      },
      expect.anything(),
    ]);
  });

  it('is counted by the row where the same model was trained on other data', async () => {
    const first = await prepared();
    trained(first, 'tiny_rank4', 160, 16);
    const { context } = first;
    const data = join(context.home, 'data');
    writeFileSync(
      join(data, 'more.json'),
      JSON.stringify(Array.from({ length: 256 }, (_, index) => ({ input: `a${index}`, output: `A${index}` }))),
    );
    const plan = { ...first.plan, datasets: [{ dataset: 'words_5L', path: join(data, 'more.json'), format: 'instruct' }] };
    const experiment_dir = 'more_2025-10-21';
    await planRuns({ experiment_dir, plan }, context);
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    const shown = await preflightRuns({ experiment_dir }, context);
    // 64 rows took 160 s; 256 take four times as long.
    expect(shown.expected?.map(({ steps, epoch }) => ({ steps, epoch }))).toEqual(
      Array(2).fill({ steps: 64, epoch: '11 min (1 earlier run of the same model and GPUs, by the row)' }),
    );
  });
});

describe('earlier runs', () => {
  it('are those whose files are still what was launched, from journals that are whole', async () => {
    const first = await prepared();
    trained(first, 'tiny_rank4', 60);
    trained(first, 'tiny_rank8', 60);
    const config = join(first.dir, 'tiny_rank8', 'finetune.yaml');
    writeFileSync(config, `${readFileSync(config, 'utf8')}# edited since\n`);
    expect(await earlierRuns(first.context.root, torchtune)).toMatchObject([{ device: 'local   ', seconds_per_epoch: 60 }]);
    const journal = join(first.dir, '.runwright', 'journal.jsonl');
    writeFileSync(journal, `damaged\n${readFileSync(journal, 'utf8')}`);
    expect(await earlierRuns(first.context.root, torchtune)).toEqual([]);
    renameSync(first.context.root.dir, `${first.context.root.dir}-moved`);
    expect(await earlierRuns(first.context.root, torchtune)).toEqual([]);
  });
});

describe('a training that will not fit its GPU', () => {
  const plan = (defaults: object) => ({
    cluster: 'della',
    models: [{ model: 'Llama-3.1-8B-Instruct', path: '/scratch/models/Llama-3.1-8B-Instruct' }],
    datasets: [{ dataset: 'words', path: '/scratch/data/words.json', format: 'instruct' }],
    defaults: {
      method: 'lora',
      batch_size: 16,
      gradient_accumulation_steps: 2,
      max_seq_len: 2048,
      activation_checkpointing: false,
      time: '1:00:00',
      ...defaults,
    },
    runs: [
      { run: 'rank8', model: 'Llama-3.1-8B-Instruct', dataset: 'words', lora_rank: 8 },
      { run: 'rank9', model: 'Llama-3.1-8B-Instruct', dataset: 'words', lora_rank: 9 },
    ],
  });
  async function warned(defaults: object): Promise<string[]> {
    const context = testContext();
    writeFileSync(
      join(context.root.dir, 'clusters.yaml'),
      'della: {connection: ssh, host: della, user: alice, experiments_dir: /scratch/alice}\n',
    );
    const experiment_dir = 'big_2025-10-20';
    await planRuns({ experiment_dir, plan: plan(defaults) }, context);
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    const made = await generateSlurmScript({ experiment_dir }, context);
    return (made.problems ?? []).map(({ severity, what, fix }) => `${severity}: ${what}; ${fix}`);
  }

  it('is told once, with three ways that keep the effective batch', async () => {
    expect(await warned({ gpu_type: 'a100' })).toMatchInlineSnapshot(`
      [
        "warning: the training needs about 258 GiB of a GPU's memory (an estimate, good to about a quarter), and a100 has 80: it will likely run out of memory (so it is with 1 more: rank9); with the effective batch unchanged: batch_size 2 with gradient_accumulation_steps 16 (then about 47 GiB); or activation_checkpointing true (then about 66 GiB); or method qlora (then about 248 GiB, still too much alone)",
      ]
    `);
  });

  it('is told with the larger size of a GPU that is sold in two', async () => {
    expect(await warned({ gpu_type: 'a100', batch_size: 2 })).toMatchInlineSnapshot(`
      [
        "warning: the training needs about 47 GiB of a GPU's memory (an estimate, good to about a quarter): it fits the a100 of 80 GiB, not the one of 40 GiB (so it is with 1 more: rank9); ask for the larger one with constraint or gpu_type, if the site tells them apart; or with the effective batch unchanged: activation_checkpointing true (then about 23 GiB); or batch_size 1 with gradient_accumulation_steps 4 (then about 32 GiB); or method qlora (then about 37 GiB)",
      ]
    `);
  });

  it('is not told of one that fits', async () => {
    expect(await warned({ gpu_type: 'h100', batch_size: 2 })).toEqual([]);
  });
});
