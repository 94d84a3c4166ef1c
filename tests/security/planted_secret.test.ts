import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { readRecord } from '../../server/process/job_record.ts';
import { createProcessScheduler } from '../../server/process/process_scheduler.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { experimentStatus } from '../../server/stages/experiment_status.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { readJobLog } from '../../server/stages/read_job_log.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { LocalJobs } from '../process/local_jobs.ts';
import { planned } from '../support/prepared_experiment.ts';

const SECRET = 'hf_PlantedSecretThatMustNotBeSeen';

afterEach(() => vi.unstubAllEnvs());

const filesWith = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(dir, name);
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path, 'latin1').includes(SECRET);
  });

test('a secret of the environment is in no file, no log and no result of a whole pipeline, though the training has it', async () => {
  for (const name of ['HF_TOKEN', 'WANDB_API_KEY', 'SSH_AUTH_SOCK']) vi.stubEnv(name, SECRET);
  const { context, experiment_dir } = await planned(
    (home) => `#!/bin/bash\n[[ $HF_TOKEN == hf_* ]] && touch ${home}/had-it\necho trained\n`,
  );
  const results = [
    await setupExperimentDirs({ experiment_dir }, context),
    await createTorchtuneConfig({ experiment_dir }, context),
    await generateSlurmScript({ experiment_dir }, context),
  ];
  const shown = await preflightRuns({ experiment_dir }, context);
  const told = [
    shown,
    await launchRuns({ experiment_dir, preflight_id: shown.preflight_id ?? '' }, context),
    await monitorJobs({ experiment_dir, wait_seconds: 20, until: 'done' }, context),
    await readJobLog({ experiment_dir, run: 'tiny_rank4' }, context),
    await experimentStatus({ experiment_dir }, context),
  ];
  expect(told[2]).toMatchObject({ counts: { COMPLETED: 2 } });
  expect(readdirSync(context.home)).toContain('had-it');
  expect(JSON.stringify([results, told, context.messages])).not.toContain(SECRET);
  expect(filesWith(context.home)).toEqual([]);
});

test('a job that waits on this machine has where its software lies on the disk, and no secret', async () => {
  vi.stubEnv('HF_TOKEN', SECRET);
  vi.stubEnv('MY_LAB_PASSPHRASE', SECRET);
  vi.stubEnv('UNHEARD_OF', SECRET);
  vi.stubEnv('VIRTUAL_ENV', '/envs/torchtune');
  const jobs = new LocalJobs();
  const nobodyStarts = createProcessScheduler({ stateDir: jobs.stateDir, supervisorCommand: ['true'] });
  const [outcome] = await nobodyStarts.submit([jobs.submission('one', 'true')]);
  expect(outcome).toMatchObject({ kind: 'submitted', job_id: '1' });
  expect(filesWith(jobs.dir)).toEqual([]);
  expect(readRecord(jobs.folder, 1)?.environment).toMatchObject({ PATH: process.env.PATH, VIRTUAL_ENV: '/envs/torchtune' });
  await jobs.remove();
});
