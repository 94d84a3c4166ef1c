import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendJournal, type JournalEntry } from '../../server/experiment/journal.ts';
import { readRunFiles } from '../../server/launch/run_files.ts';
import { digest } from '../../server/model/digest.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { diagnoseRuns } from '../../server/stages/diagnose_runs.ts';
import { experimentStatus } from '../../server/stages/experiment_status.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { recorded } from '../support/failing_tune.ts';
import { planned } from '../support/prepared_experiment.ts';

const COUNT = 100;

test('a hundred failed runs are a few groups, and one small answer says what each would do next', async () => {
  const { context, experiment_dir, dir } = await planned();
  const extra = Array.from({ length: COUNT - 2 }, (_, index) => ({
    run: `run_${index}`,
    model: 'tiny-llama3',
    dataset: 'words_5L',
    seed: index,
  }));
  await planRuns({ experiment_dir, revise: { runs: extra } }, context);
  await setupExperimentDirs({ experiment_dir }, context);
  await createTorchtuneConfig({ experiment_dir }, context);
  await generateSlurmScript({ experiment_dir }, context);
  const names = ['tiny_rank4', 'tiny_rank8', ...extra.map(({ run }) => run)];
  const logs = [recorded('cuda_oom'), recorded('missing_file'), '', recorded('missing_module')];
  const t = '2025-10-20T13:58:00.000Z';
  const entries = names.flatMap((run, index): JournalEntry[] => {
    const token = digest(run).slice(0, 12);
    const { config_sha256, script_sha256 } = readRunFiles(dir, run, 'finetune.yaml');
    mkdirSync(join(dir, run, 'logs'), { recursive: true });
    writeFileSync(join(dir, run, 'logs', 'attempt-1.out'), logs[index % 4] ?? '');
    const intent = {
      t,
      token,
      run,
      attempt: 1,
      job_name: `${run}.${token}`,
      cluster: 'local',
      preflight_id: 'p',
      config_sha256,
      script_sha256,
      time_limit: '00:05:00',
    };
    return [
      { kind: 'intent', ...intent },
      { kind: 'submitted', t, token, job_id: String(index + 1) },
      { kind: 'seen', t, token, state: index % 4 === 2 ? 'TIMEOUT' : 'FAILED', exit_code: index % 4 === 2 ? '0:0' : '1:0' },
    ];
  });
  appendJournal(dir, entries);

  const found = await diagnoseRuns({ experiment_dir }, context);
  const quarter = COUNT / 4;
  expect(found.summary).toBe(
    `${COUNT} runs of ${COUNT} launched need a look: ${quarter} cuda_oom, ${quarter} missing_file, ${quarter} time_limit, ${quarter} missing_module.`,
  );
  expect(found.groups.map(({ cause, count, runs, mode }) => [cause, count, runs.length, mode])).toEqual([
    ['cuda_oom', quarter, 21, 'retry'],
    ['missing_file', quarter, 21, 'retry'],
    ['time_limit', quarter, 21, 'retry'],
    ['missing_module', quarter, 21, 'retry'],
  ]);
  expect(JSON.stringify(found).length).toBeLessThan(8000);

  const shown = await preflightRuns({ experiment_dir, mode: 'retry' }, context);
  expect(shown.summary).toBe(`${COUNT} jobs, at most 0 GPU-hours, on cluster local; ${COUNT / 2} of them other than the plan.`);
  expect(shown.changes.map(({ change, count }) => [change, count])).toEqual([
    ['batch_size: 4 -> 2', quarter],
    ['gradient_accumulation_steps: 1 -> 2', quarter],
    ['time: 00:05:00 -> 00:10:00', quarter],
  ]);
  expect(JSON.stringify(shown).length).toBeLessThan(8000);
  expect((await experimentStatus({ experiment_dir }, context)).next).toEqual({
    tool: 'diagnose_runs',
    why: 'tells why runs have failed, and how to go on',
  });
});
