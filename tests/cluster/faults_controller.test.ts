import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { ClusterRuns } from '../support/cluster_runs.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { inAnotherServer } from '../support/other_server.ts';

const cluster = developmentCluster();

describe.skipIf(cluster === undefined)("when Slurm's own daemons fail", () => {
  if (cluster === undefined) return;
  const runs = new ClusterRuns(cluster, 'controller');
  const { lab } = runs;

  test('without slurmdbd jobs are sent and watched all the same', async () => {
    const { context, experiment_dir, preflight_id } = await runs.shown('no-dbd', 2);
    await lab.whileDown('slurmdbd', async () => {
      expect((await launchRuns({ experiment_dir, preflight_id }, context)).counts.submitted).toBe(2);
      const seen = await monitorJobs({ experiment_dir, wait_seconds: 40, until: 'done' }, context);
      expect(seen.counts).toEqual({ COMPLETED: 2 });
      expect(seen.problems?.map(({ what }) => what) ?? []).toEqual([
        expect.stringMatching(/^could not ask: devslurm: sacct could not be asked: /),
      ]);
    });
  });

  test('without sshd no state changes and nothing is sent; then the same call goes on', async () => {
    const { context, experiment_dir, preflight_id, local } = await runs.shown('no-sshd', 2);
    const journal = (): string => readFileSync(join(local, '.runwright', 'journal.jsonl'), 'utf8');
    await (await context.connections()).closeAll();
    await lab.whileDown('sshd', async () => {
      await expect(launchRuns({ experiment_dir, preflight_id }, context)).rejects.toThrow(
        'nothing accepts connections there (ECONNREFUSED)',
      );
    });
    expect((await launchRuns({ experiment_dir, preflight_id }, context)).counts.submitted).toBe(2);
    const before = journal();
    await (await context.connections()).closeAll();
    await lab.whileDown('sshd', async () => {
      const seen = await monitorJobs({ experiment_dir }, context);
      expect(seen.changed).toEqual([]);
      expect(seen.problems?.[0]?.what).toContain('could not ask: devslurm: ');
    });
    expect(journal()).toBe(before);
    expect((await monitorJobs({ experiment_dir, wait_seconds: 40, until: 'done' }, context)).counts).toEqual({ COMPLETED: 2 });
  });

  test('two servers that launch the same preflight at once leave one job for each run', async () => {
    const { context, experiment_dir, preflight_id, local, names } = await runs.shown('two-servers', 3);
    const when = Date.now() + 2_500;
    const both = await Promise.all([1, 2].map(() => inAnotherServer(context, 'launch_runs', { experiment_dir, preflight_id }, when)));
    expect(both.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(both.map(({ value }) => (value?.counts as Record<string, number> | undefined)?.submitted).sort()).toEqual([0, 3]);
    await monitorJobs({ experiment_dir, wait_seconds: 40, until: 'done' }, context);
    expect(new Set(Object.values(lab.jobsOf(local, names)).flat()).size).toBe(3);
  });
});
