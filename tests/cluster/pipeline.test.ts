import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkCluster } from '../../server/stages/check_cluster.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { CAP_CROSS_EVAL, capCrossEvalPlan } from '../support/cap_cross_eval.ts';
import { testContext } from '../support/context.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { give, sharedFolder } from '../support/shared_disk.ts';
import { emptyModel, standInTune, wordData } from '../support/stand_in_tune.ts';

const lab = developmentCluster();

function contextOn(profile: string) {
  const context = testContext();
  writeFileSync(join(context.root.dir, 'clusters.yaml'), profile);
  return context;
}

describe.skipIf(lab === undefined)('on a real Slurm over SSH', () => {
  let home = '';
  beforeAll(() => {
    home = sharedFolder(lab, `pipeline-${process.pid}`);
    standInTune(join(home, 'bin'));
    const llama = ['config.json', 'original/tokenizer.model'];
    emptyModel(join(home, 'models', 'Llama-3.2-1B-Instruct'), [...llama, 'model.safetensors']);
    emptyModel(join(home, 'models', 'Llama-3.2-3B-Instruct'), [
      ...llama,
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
    ]);
    wordData(join(home, 'data'), ['words_5L.json', 'words_9L.json', 'words_13L.json']);
    give(lab, home);
  });

  const profile = (extra: Record<string, unknown> = {}): string =>
    lab?.yaml('devslurm', {
      experiments_dir: join(home, 'experiments'),
      setup: [`export PATH=${join(home, 'bin')}:$PATH`],
      defaults: { partition: 'gpu', mem: '1G', cpus: 1 },
      ...extra,
    }) ?? '';

  test('the 14-run experiment is planned, set up, configured, scripted, submitted and seen to the end', async () => {
    const context = contextOn(profile());
    const experiment_dir = CAP_CROSS_EVAL;
    await planRuns(
      { experiment_dir, ...capCrossEvalPlan({ cluster: 'devslurm', models: join(home, 'models'), data: join(home, 'data') }) },
      context,
    );
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);

    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.problems ?? []).toEqual([]);
    expect(shown).toMatchObject({ jobs: 12, gpu_hours: 12, summary: '12 jobs, at most 12 GPU-hours, on cluster devslurm.' });
    const preflight_id = shown.preflight_id ?? '';
    const launched = await launchRuns({ experiment_dir, preflight_id }, context);
    expect(launched).toMatchObject({ summary: '12 jobs submitted to devslurm.', uncertain: [], refused: [] });
    expect(new Set(launched.submitted.map(({ job_id }) => job_id)).size).toBe(12);
    expect((await launchRuns({ experiment_dir, preflight_id }, context)).counts).toEqual({
      submitted: 0,
      already_running: 12,
      uncertain: 0,
      refused: 0,
    });

    const ended = await monitorJobs({ experiment_dir, wait_seconds: 150, until: 'done' }, context);
    expect(ended).toMatchObject({ counts: { COMPLETED: 12 }, done: true, attention: [] });
    const log = await readJobLog({ experiment_dir, run: 'Llama-3.2-1B-Instruct_5L_rank8', match: 'config sha256' }, context);
    expect(log.untrusted_log).toMatch(/expected [0-9a-f]{64}, found [0-9a-f]{64}/);
  });

  test("sbatch's own words are shown when it would refuse a job", async () => {
    const context = contextOn(profile({ defaults: { partition: 'nosuch', mem: '1G', cpus: 1 } }));
    const experiment_dir = CAP_CROSS_EVAL;
    await planRuns(
      { experiment_dir, ...capCrossEvalPlan({ cluster: 'devslurm', models: join(home, 'models'), data: join(home, 'data') }) },
      context,
    );
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.preflight_id).toBeUndefined();
    expect(shown.problems?.[0]?.what).toContain('devslurm would refuse this job and 11 more that ask for the same: ');
    expect(shown.problems?.[0]?.what).toContain('invalid partition specified: nosuch');
  });

  test('check_cluster tells the version, the partitions and the software', async () => {
    const found = await checkCluster({ cluster: 'devslurm' }, contextOn(profile()));
    expect(found.partitions.map(({ name }) => name)).toEqual(expect.arrayContaining(['gpu', 'cpu']));
    expect(found).toMatchObject({ cluster: 'devslurm', scheduler: 'slurm', software: { tune: join(home, 'bin', 'tune') } });
  });

  test('an unreachable host and an unknown cluster are told in words', async () => {
    const context = contextOn(
      profile({ host: '127.0.0.1', port: 9, ssh_config: '/dev/null', identity_file: join(lab?.dir ?? '', 'ssh', 'id_ed25519') }),
    );
    await expect(checkCluster({ cluster: 'devslurm' }, context)).rejects.toThrow(/127\.0\.0\.1.*9/);
    await expect(checkCluster({ cluster: 'devslur' }, context)).rejects.toThrow('devslurm');
  });
});
