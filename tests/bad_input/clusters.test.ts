import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConnectionError } from '../../server/clusters/connection.ts';
import { checkCluster } from '../../server/stages/check_cluster.ts';
import { experimentStatus } from '../../server/stages/experiment_status.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { testContext } from '../support/context.ts';
import { launched, letGo, prepared, untilLetGo } from '../support/prepared_experiment.ts';
import { refusal } from '../support/refusal.ts';

const DELLA = 'della:\n  connection: ssh\n  host: della.example.edu\n  experiments_dir: /scratch/experiments\n';
const runs = [{ run: 'a', type: 'base' as const, model: 'Llama-3.2-1B-Instruct' }];

test('an unknown cluster names the nearest, in a plan and in check_cluster', async () => {
  const context = testContext();
  writeFileSync(join(context.root.dir, 'clusters.yaml'), DELLA);
  expect(await refusal(context.home, () => planRuns({ experiment_dir: 'w', plan: { cluster: 'dela', runs } }, context))).toBe(
    'runs_plan.md was not written: the plan would have errors, at these lines of the text that would be written\n' +
      'runs_plan.md:4:10: unknown cluster "dela"; did you mean "della"?',
  );
  expect(await refusal(context.home, () => checkCluster({ cluster: 'dela' }, context))).toBe(
    'there is no cluster "dela" in clusters.yaml; did you mean "della"? If not, check_cluster with its host in profile sets up a new one',
  );
});

test('a broken clusters.yaml stops every tool, with all of its faults and their places', async () => {
  const { context, experiment_dir } = await prepared();
  const path = join(context.root.dir, 'clusters.yaml');
  writeFileSync(path, 'della:\n  connection: shh\n  password: secret\n  hst: della.example.edu\n');
  const told = await refusal(context.home, () => preflightRuns({ experiment_dir }, context));
  expect(told).toMatchInlineSnapshot(`
    "the cluster profiles cannot be used; correct experiments/clusters.yaml:
    clusters.yaml:2:15: connection of della is "shh"; it needs one of local, ssh, openssh
    clusters.yaml:3:3: password of della would be a secret, and a profile never holds one; remove it; log in with a key file or the ssh agent
    clusters.yaml:4:3: unknown key "hst" in della; did you mean "host"?"
  `);
  for (const call of [
    () => planRuns({ experiment_dir: 'new', plan: { runs } }, context),
    () => experimentStatus({ experiment_dir }, context),
    () => monitorJobs({ experiment_dir }, context),
    () => checkCluster({}, context),
  ])
    expect(await refusal(context.home, call)).toBe(told);
  writeFileSync(path, 'della: [connection: ssh\n');
  expect(await refusal(context.home, () => preflightRuns({ experiment_dir }, context))).toBe(
    'the cluster profiles cannot be used; correct experiments/clusters.yaml:\n' +
      'clusters.yaml:2:1: this is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; correct the line',
  );
});

test('a clusters.yaml that is a folder', async () => {
  const context = testContext();
  mkdirSync(join(context.root.dir, 'clusters.yaml'));
  expect(await refusal(context.home, () => checkCluster({}, context))).toBe(
    'experiments/clusters.yaml cannot be read (EISDIR); make it a file that you can read, or remove it',
  );
});

test('a cluster that changed since the preflight is not launched on', async () => {
  const { context, experiment_dir, dir } = await prepared();
  const { preflight_id = '' } = await preflightRuns({ experiment_dir }, context);
  writeFileSync(join(context.root.dir, 'clusters.yaml'), `local:\n  setup: ["export PATH=${join(context.home, 'bin')}:$PATH", "true"]\n`);
  expect(await refusal(dir, () => launchRuns({ experiment_dir, preflight_id }, context))).toBe(
    `changed since preflight ${preflight_id}: cluster local (its profile in clusters.yaml, or the plan's cluster); nothing was submitted; run \`preflight_runs\` again`,
  );
});

test('jobs on a cluster that cannot be asked keep their states, and the answer says so', async () => {
  const { context, experiment_dir } = await launched(untilLetGo);
  const cut = new ConnectionError('alice@della:22: the host cannot be reached (EHOSTUNREACH)');
  const unreachable = { ...context, connections: () => Promise.reject(cut) };
  const seen = await monitorJobs({ experiment_dir }, unreachable);
  expect(seen).toMatchObject({
    summary: '2 PENDING; not everything could be asked, so some states are the last ones known.',
    counts: { PENDING: 2 },
    changed: [],
    done: false,
    problems: [
      {
        severity: 'warning',
        where: 'cluster',
        what: 'could not ask: local: alice@della:22: the host cannot be reached (EHOSTUNREACH)',
        fix: 'the states shown are the last ones known; monitor_jobs asks again',
      },
    ],
  });
  letGo(context.home);
});
