import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LocalConnection } from '../../server/clusters/local.ts';
import { siteFacts } from '../../server/slurm/site.ts';
import { checkCluster } from '../../server/stages/check_cluster.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { withVersion } from '../../server/stages/propose_profile.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import type { TestContext } from '../support/context.ts';
import { planned, prepared } from '../support/prepared_experiment.ts';

const FIRST_LINES = /^(?:#.*\n)+/;
const versionIn = (dir: string): string | undefined =>
  /^# torchtune: (\S+)$/m.exec(FIRST_LINES.exec(readFileSync(join(dir, 'tiny_rank4', 'finetune.yaml'), 'utf8'))?.[0] ?? '')?.[1];

/** The cluster's python3 finds torchtune of this version, as importlib.metadata reads it. */
function install(context: TestContext, version: string): void {
  const packages = join(context.home, 'packages');
  const info = join(packages, `torchtune-${version}.dist-info`);
  mkdirSync(info, { recursive: true });
  writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: torchtune\nVersion: ${version}\n`);
  addToProfile(context, `  setup:\n    - export PYTHONPATH=${packages}\n`, '  setup:\n');
}

function addToProfile(context: TestContext, lines: string, instead = '  setup:\n'): void {
  const path = join(context.root.dir, 'clusters.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(instead, lines));
}

const chooseInProfile = (context: TestContext, version: string): void =>
  addToProfile(context, `  framework_version: ${version}\n  setup:\n`);

const OTHER = {
  severity: 'error',
  where: 'cluster local',
  what: 'torchtune 0.7.0.dev20250730 is there, and configs are written for 0.6.1',
  fix: 'set framework_version to nightly in the plan, or of local in clusters.yaml, or install torchtune 0.6.1',
};

describe('the version of torchtune', () => {
  it('is that of the cluster, unless the plan names one', async () => {
    const { context, experiment_dir, dir } = await planned();
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    expect(versionIn(dir)).toBeUndefined();
    chooseInProfile(context, 'nightly');
    await createTorchtuneConfig({ experiment_dir }, context);
    expect(versionIn(dir)).toBe('nightly');
    await planRuns({ experiment_dir, revise: { framework_version: '0.6.1' } }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    expect(versionIn(dir)).toBeUndefined();
  });

  it('is chosen by plan_runs, and a change of it is shown before the configs follow', async () => {
    const { context, experiment_dir, plan, dir } = await prepared();
    const named = await planRuns({ experiment_dir: 'named', plan: { ...plan, framework_version: 'nightly' } }, context);
    expect(named.summary).toContain('2 fine-tune runs');
    expect(readFileSync(join(context.root.dir, 'named', 'runs_plan.md'), 'utf8')).toContain('\nframework_version: nightly\n');

    const revised = await planRuns({ experiment_dir, revise: { framework_version: 'nightly' } }, context);
    expect(revised.problems).toBeUndefined();
    const shown = await preflightRuns({ experiment_dir }, context);
    expect(shown.preflight_id).toBeUndefined();
    expect(shown.problems?.[0]?.what).toContain('+# torchtune: nightly');
    expect(shown.problems?.[0]?.what).toContain('+log_level: INFO');
    const tried = await createTorchtuneConfig({ experiment_dir, dry_run: true }, context);
    expect(tried).toMatchObject({
      summary: expect.stringContaining('(dry run, nothing was written)'),
      updated: ['tiny_rank4', 'tiny_rank8'],
    });
    expect(versionIn(dir)).toBeUndefined();
    await createTorchtuneConfig({ experiment_dir }, context);
    expect(versionIn(dir)).toBe('nightly');
    await generateSlurmScript({ experiment_dir }, context);
    expect((await preflightRuns({ experiment_dir }, context)).problems).toBeUndefined();
  });

  it('that nobody knows is refused at its line of the plan, or at the cluster whose profile names it', async () => {
    const { context, experiment_dir, plan } = await planned();
    await expect(planRuns({ experiment_dir: 'other', plan: { ...plan, framework_version: '0.5.0' } }, context)).rejects.toThrow(
      'runs_plan.md:4:20: the plan names torchtune 0.5.0, for which no config can be written; set framework_version to one of 0.6.1, nightly',
    );
    await expect(planRuns({ experiment_dir, revise: { framework_version: 'nightlie' } }, context)).rejects.toThrow(
      'the plan names torchtune nightlie, for which no config can be written; set framework_version to one of 0.6.1, nightly',
    );
    chooseInProfile(context, '0.5.0');
    await expect(createTorchtuneConfig({ experiment_dir }, context)).rejects.toThrow(
      'runs_plan.md:4:10: the profile of local names torchtune 0.5.0, for which no config can be written; set framework_version to one of 0.6.1, nightly',
    );
  });
});

describe('preflight, on a cluster whose torchtune is another one', () => {
  it('says which version to choose, and lets it judge nothing', async () => {
    const { context, experiment_dir } = await prepared();
    install(context, '0.7.0.dev20250730');
    const shown = await preflightRuns({ experiment_dir, deep_check: true }, context);
    expect(shown.preflight_id).toBeUndefined();
    expect(shown.problems).toEqual([OTHER]);
    expect(shown.deep_check).toBe(`not done: ${OTHER.what}`);
  });

  it('says what to install where no config can be written for it', async () => {
    const { context, experiment_dir } = await prepared();
    install(context, '0.5.0');
    expect((await preflightRuns({ experiment_dir }, context)).problems).toEqual([
      {
        severity: 'error',
        where: 'cluster local',
        what: 'torchtune 0.5.0 is there, for which no config can be written',
        fix: 'install torchtune 0.6.1 (pip install "torchtune==0.6.1" "torchao==0.11.0") or a nightly of 0.7 in that environment',
      },
    ]);
  });

  it('is content with the version that the configs are for', async () => {
    const { context, experiment_dir } = await prepared();
    install(context, '0.6.1+cpu');
    expect((await preflightRuns({ experiment_dir }, context)).problems).toBeUndefined();
  });
});

describe('check_cluster', () => {
  const where = 'framework_version of local in clusters.yaml';

  it('finds which version is there, and what the profile should say', async () => {
    const { context } = await planned();
    install(context, '0.7.0.dev20250730');
    const found = await checkCluster({}, context);
    expect(found.software).toMatchObject({ torchtune: '0.7.0.dev20250730' });
    expect(found.problems).toEqual([{ ...OTHER, where, fix: 'set framework_version to nightly there, or install torchtune 0.6.1' }]);
    chooseInProfile(context, 'nightly');
    expect((await checkCluster({}, context)).problems).toBeUndefined();
    const path = join(context.root.dir, 'clusters.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('framework_version: nightly', 'framework_version: 0.5.0'));
    expect((await checkCluster({}, context)).problems).toEqual([
      { severity: 'error', where, what: 'no config can be written for torchtune 0.5.0', fix: 'set it to nightly' },
    ]);
  });

  it('says what to install instead of a version that is none of them', async () => {
    const { context } = await planned();
    install(context, '0.5.0');
    expect((await checkCluster({}, context)).problems).toEqual([
      {
        severity: 'error',
        where,
        what: 'torchtune 0.5.0 is there, for which no config can be written',
        fix: 'install torchtune 0.6.1 (pip install "torchtune==0.6.1" "torchao==0.11.0") or a nightly of 0.7 in that environment',
      },
    ]);
  });

  it('says what to install where there is no torchtune at all', async () => {
    const { context } = await planned();
    writeFileSync(join(context.root.dir, 'clusters.yaml'), 'local:\n  setup:\n    - export PATH=/usr/bin:/bin\n');
    expect((await checkCluster({}, context)).problems).toEqual([
      {
        severity: 'error',
        where: 'setup of local in clusters.yaml',
        what: 'the command `tune` (torchtune) was not found',
        fix:
          'add the lines that make it available, such as "module load anaconda3" and "conda activate torchtune"; where it is not installed, ' +
          'install torchtune 0.6.1 (pip install "torchtune==0.6.1" "torchao==0.11.0") or a nightly of 0.7',
      },
    ]);
  });

  it('proposes the version that it found, with its reason', async () => {
    const { context } = await planned();
    install(context, '0.7.0.dev20250730');
    const path = `export PATH=${join(context.home, 'bin')}:$PATH`;
    const facts = (setup: string[]) => siteFacts(new LocalConnection(), { setup, command: 'tune' });
    const before = { name: 'della', profile: { connection: 'ssh' }, yaml: 'della:\n  connection: ssh\n', because: [] };
    expect(withVersion(before, await facts([`export PYTHONPATH=${join(context.home, 'packages')}`, path]))).toEqual({
      name: 'della',
      profile: { connection: 'ssh', framework_version: 'nightly' },
      yaml: 'della:\n  connection: ssh\n  framework_version: nightly\n',
      because: ['framework_version: torchtune 0.7.0.dev20250730 is there'],
    });
    expect(withVersion(before, await facts([path]))).toBe(before);
  });
});
