import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { readJournal } from '../../server/experiment/journal.ts';
import { checkCluster } from '../../server/stages/check_cluster.ts';
import { createTorchtuneConfig } from '../../server/stages/create_torchtune_config.ts';
import { generateSlurmScript } from '../../server/stages/generate_slurm_script.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { planRuns } from '../../server/stages/plan_runs.ts';
import { preflightRuns } from '../../server/stages/preflight_runs.ts';
import { setupExperimentDirs } from '../../server/stages/setup_experiment_dirs.ts';
import { cancelled } from '../support/cancelled.ts';
import { type TestContext, temporaryFolder, testContext } from '../support/context.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { refusal } from '../support/refusal.ts';
import { emptyModel, standInTune, wordData } from '../support/stand_in_tune.ts';

const lab = developmentCluster();
const dir = lab?.dir ?? '';
const user = lab?.profile.user ?? '';
const home = join(dir, 'home', user, `faults-${process.pid}`);

const slurm = (command: string, ...words: string[]): string =>
  execFileSync(command, words, { encoding: 'utf8', env: { ...process.env, SLURM_CONF: join(dir, 'etc', 'slurm.conf') } });

/** Ids of the jobs of each run that Slurm ever had. A job's name is the run's and its token. */
function jobsOf(experiment: string, runs: readonly string[]): Record<string, string[]> {
  const names = new Map(
    readJournal(experiment).entries.flatMap((entry) => (entry.kind === 'intent' ? [[entry.job_name, entry.run] as const] : [])),
  );
  const found: Record<string, Set<string>> = Object.fromEntries(runs.map((run) => [run, new Set()]));
  const said = [
    slurm('squeue', '-h', '-r', '-t', 'all', '-o', '%i|%j'),
    slurm('sacct', '-X', '-D', '-n', '-P', '-a', '-S', 'now-1hour', '-o', 'JobID,JobName'),
  ];
  for (const line of said.join('\n').split('\n')) {
    const [id = '', name = ''] = line.split('|');
    const run = names.get(name);
    if (run !== undefined) found[run]?.add(id);
  }
  return Object.fromEntries(Object.entries(found).map(([run, ids]) => [run, [...ids]]));
}

/** The user's sessions of this very sshd, by its process tree: other clusters on the machine are left alone. */
function sessions(): number[] {
  const sshd = Number(readFileSync(join(dir, 'run', 'sshd.pid'), 'utf8'));
  const parents = new Map<number, { parent: number; title: string }>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      parents.set(Number(name), { parent, title: readFileSync(`/proc/${name}/cmdline`, 'utf8') });
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (pid: number): boolean => pid === sshd || (pid > 1 && isOurs(parents.get(pid)?.parent ?? 0));
  return [...parents].filter(([pid, { title }]) => title.startsWith(`sshd: ${user}@notty`) && isOurs(pid)).map(([pid]) => pid);
}

function cutConnections(): number {
  const all = sessions();
  for (const pid of all) process.kill(pid, 'SIGKILL');
  return all.length;
}

const slurmctld = (): number => Number(readFileSync(join(dir, 'run', 'slurmctld.pid'), 'utf8'));

async function whileStopped<T>(act: () => Promise<T>): Promise<T> {
  process.kill(slurmctld(), 'SIGSTOP');
  try {
    return await act();
  } finally {
    process.kill(slurmctld(), 'SIGCONT');
  }
}

describe.skipIf(lab === undefined)('when something breaks on the way to a real Slurm', () => {
  beforeAll(() => {
    standInTune(join(home, 'bin'), '#!/bin/bash\nsleep 0.5\n');
    standInTune(join(home, 'slow'), '#!/bin/bash\nsleep 120\n');
    emptyModel(join(home, 'models', 'Llama-3.2-1B-Instruct'), ['config.json', 'original/tokenizer.model', 'model.safetensors']);
    wordData(join(home, 'data'), ['words.json']);
    execFileSync('chown', ['-R', `${user}:`, home]);
  });

  const profile = (extra: Record<string, unknown> = {}): string =>
    lab?.yaml('devslurm', {
      experiments_dir: join(home, 'experiments'),
      setup: [`export PATH=${join(home, 'bin')}:$PATH`],
      defaults: { partition: 'cpu', mem: '100M', cpus: 1, time: '0:05:00' },
      limits: { array: false },
      ...extra,
    }) ?? '';

  function contextOn(yaml: string): TestContext {
    const context = testContext();
    writeFileSync(join(context.root.dir, 'clusters.yaml'), yaml);
    return context;
  }

  /** An experiment of `count` runs that wait for one another's core no longer than two seconds, shown by its preflight. */
  async function shown(experiment_dir: string, count: number, extra: Record<string, unknown> = {}) {
    const context = contextOn(profile(extra));
    const runs = Array.from({ length: count }, (_, index) => ({
      run: `run_${index}`,
      model: 'Llama-3.2-1B-Instruct',
      dataset: 'words',
      seed: index,
    }));
    const plan = {
      cluster: 'devslurm',
      models: [{ model: 'Llama-3.2-1B-Instruct', path: join(home, 'models', 'Llama-3.2-1B-Instruct') }],
      datasets: [{ dataset: 'words', path: join(home, 'data', 'words.json'), format: 'instruct' }],
      defaults: { method: 'lora', lora_rank: 8, epochs: 1, lr: '3e-4', batch_size: 4, gpus: 0, dtype: 'fp32' },
      runs,
    };
    await planRuns({ experiment_dir, plan }, context);
    await setupExperimentDirs({ experiment_dir }, context);
    await createTorchtuneConfig({ experiment_dir }, context);
    await generateSlurmScript({ experiment_dir }, context);
    const { preflight_id = '', problems } = await preflightRuns({ experiment_dir }, context);
    expect(problems ?? []).toEqual([]);
    return { context, experiment_dir, preflight_id, names: runs.map(({ run }) => run), local: join(context.root.dir, experiment_dir) };
  }

  const port = /^\s*Port (\d+)/m.exec(lab === undefined ? '' : readFileSync(join(dir, 'ssh', 'config'), 'utf8'))?.[1] ?? '';
  const direct = { host: '127.0.0.1', port: Number(port), ssh_config: '/dev/null', identity_file: join(dir, 'ssh', 'id_ed25519') };

  test('an unknown host key is refused with the command that adds it', async () => {
    const known_hosts = join(temporaryFolder(), 'known_hosts');
    const context = contextOn(profile({ ...direct, known_hosts }));
    const [, key = ''] = execFileSync('ssh-keygen', ['-lf', join(dir, 'ssh', 'host_ed25519.pub')], { encoding: 'utf8' }).split(' ');
    expect(await refusal(context.home, () => checkCluster({ cluster: 'devslurm' }, context))).toBe(
      `${user}@127.0.0.1:${port}: the host key is unknown: [127.0.0.1]:${port} shows the ssh-ed25519 key ${key}, which is not in ${known_hosts}; ` +
        'compare the fingerprint with the one that the site publishes, then add the key: ' +
        `ssh-keyscan -p ${port} 127.0.0.1 >> ${known_hosts}`,
    );
    execFileSync('bash', ['-c', `ssh-keyscan -p ${port} 127.0.0.1 >> ${known_hosts}`], { stdio: 'ignore' });
    expect((await checkCluster({ cluster: 'devslurm' }, context)).user).toBe(user);
  });

  test('a wrong key is named, and with it what to check', async () => {
    const folder = temporaryFolder();
    const identity_file = join(folder, 'id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', identity_file]);
    const context = contextOn(profile({ ...direct, identity_file, known_hosts: join(dir, 'ssh', 'known_hosts') }));
    expect(await refusal(context.home, () => checkCluster({ cluster: 'devslurm' }, context))).toBe(
      `${user}@127.0.0.1:${port}: the server refused the key(s) that were offered (${identity_file}); check user and identity_file in clusters.yaml`,
    );
  });

  const cuts: number[] = [];
  test.each([
    ['once the intents are on the disk', -1],
    ['at the first lock', 0],
    ['20 ms later', 20],
    ['50 ms later', 50],
    ['100 ms later', 100],
  ])('a connection cut %s: the same call again leaves one job for each run', async (_when, delay) => {
    const { context, experiment_dir, preflight_id, local, names } = await shown(`cut_${delay}`, 12);
    const launching = launchRuns({ experiment_dir, preflight_id }, context);
    const lock = join(home, 'experiments', experiment_dir, 'run_0', '.runwright', 'attempt-1', 'submit.lock');
    const hasBegun = (): boolean => (delay < 0 ? readJournal(local).entries.length > 0 : existsSync(lock));
    while (!hasBegun()) await sleep(1);
    if (delay > 0) await sleep(delay);
    expect(cutConnections()).toBeGreaterThan(0);
    let { counts } = await launching;
    expect(counts.refused).toBe(0);
    cuts.push(counts.uncertain ?? 0);
    for (let tries = 0; tries < 8 && (counts.uncertain ?? 0) > 0; tries += 1) {
      await sleep(250);
      counts = (await launchRuns({ experiment_dir, preflight_id }, context)).counts;
    }
    expect(counts.uncertain).toBe(0);
    expect(Object.values(jobsOf(local, names)).map((ids) => ids.length)).toEqual(names.map(() => 1));
  });

  test('those cuts did hit submissions under way', () => {
    expect(cuts.filter((uncertain) => uncertain > 0).length).toBeGreaterThan(1);
  });

  test('with slurmctld stopped, no job is lost or doubled, and no state is made up', async () => {
    const { context, experiment_dir, preflight_id, local, names } = await shown('stopped', 3, {
      setup: [`export PATH=${join(home, 'slow')}:$PATH`],
    });
    const stopped = await whileStopped(() => launchRuns({ experiment_dir, preflight_id }, context));
    expect((stopped.counts.uncertain ?? 0) + (stopped.counts.refused ?? 0)).toBe(3);
    let counts = stopped.counts;
    for (let tries = 0; tries < 3 && (counts.uncertain ?? 0) > 0; tries += 1) {
      await sleep(500);
      counts = (await launchRuns({ experiment_dir, preflight_id }, context)).counts;
    }
    const later = await preflightRuns({ experiment_dir }, context);
    if (later.jobs > 0) await launchRuns({ experiment_dir, preflight_id: later.preflight_id ?? '' }, context);
    expect(Object.values(jobsOf(local, names)).map((ids) => ids.length)).toEqual([1, 1, 1]);

    for (let tries = 0; tries < 60 && (await monitorJobs({ experiment_dir }, context)).counts.RUNNING !== 3; tries += 1) await sleep(500);
    const before = readFileSync(join(local, '.runwright', 'journal.jsonl'), 'utf8');
    const seen = await whileStopped(() => monitorJobs({ experiment_dir }, context));
    expect(seen).toMatchObject({ changed: [], counts: { RUNNING: 3 } });
    expect(seen.problems?.[0]?.what).toMatch(/^could not ask: devslurm: squeue could not be asked: /);
    expect(readFileSync(join(local, '.runwright', 'journal.jsonl'), 'utf8')).toBe(before);
    expect((await cancelled({ experiment_dir, runs: ['*'] }, context)).cancelled).toEqual(['run_0', 'run_1', 'run_2']);
    const ended = await monitorJobs({ experiment_dir, wait_seconds: 60, until: 'done' }, context);
    expect(ended.counts).toEqual({ CANCELLED: 3 });
  });
});
