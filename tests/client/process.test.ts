import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/context.ts';
import { localExperiment } from '../support/local_experiment.ts';
import { BUNDLE, openClient } from './clients.ts';
import { countingTune } from './counting_tune.ts';
import { rawServer } from './raw_server.ts';
import { answerOf, launch, prepare, untilDone } from './stages.ts';

test('stdout carries only the protocol, whatever is called and however it ends', async () => {
  const home = temporaryFolder();
  const server = await rawServer(home);
  const { experiment_dir, plan } = localExperiment(home);
  const call = (name: string, args: unknown) => server.request('tools/call', { name, arguments: args });
  await server.request('tools/list', {});
  await call('plan_runs', { experiment_dir, plan });
  await call('plan_runs', { experiment_dir, plan: 7 });
  await call('setup_experiment_dirs', { experiment_dir });
  await call('create_torchtune_config', { experiment_dir });
  await call('check_cluster', { cluster: 'nowhere' });
  await call('no_such_tool', {});
  // A fault that nobody foresaw is told to the client in a sentence, and to the log in full.
  mkdirSync(join(home, 'experiments', 'odd', 'runs_plan.md'), { recursive: true });
  expect(JSON.stringify(await call('experiment_status', { experiment_dir: 'odd' }))).toContain('"isError":true');
  server.child.stdin?.end();
  await server.ended;
  for (const line of server.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  expect(server.lines.length).toBeGreaterThanOrEqual(9);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the server with code 0 and without a word', async (signal) => {
  const server = await rawServer(temporaryFolder());
  await server.request('tools/list', {});
  server.child.kill(signal);
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(server.stderr()).toBe('');
});

test('the end of its input ends the server with code 0 and without a word', async () => {
  const server = await rawServer(temporaryFolder());
  server.child.stdin?.end();
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(server.stderr()).toBe('');
});

test('an installation and experiments in folders with spaces, quotes and letters beyond ASCII go through every stage', async () => {
  const odd = join(temporaryFolder(), "l'été à Łódź  (copie) $HOME 日本");
  const installed = join(odd, 'run wright');
  for (const part of ['dist', 'templates', 'python', 'package.json'])
    cpSync(join(dirname(dirname(BUNDLE)), part), join(installed, part), { recursive: true });
  const plain = temporaryFolder();
  const experiment = localExperiment(plain, countingTune(plain));
  mkdirSync(join(odd, 'experiments'), { recursive: true });
  writeFileSync(join(odd, 'experiments', 'clusters.yaml'), readFileSync(join(plain, 'experiments', 'clusters.yaml')));
  const client = await openClient('v1', { home: odd, bundle: join(installed, 'dist', 'runwright.js'), cwd: '/' });
  await prepare(client, experiment);
  await launch(client, experiment.experiment_dir);
  expect(await untilDone(client, experiment.experiment_dir)).toMatchObject({ counts: { COMPLETED: 2 }, attention: [] });
  expect(existsSync(join(odd, 'experiments', experiment.experiment_dir, 'tiny_rank4', 'artifacts', 'epoch_0'))).toBe(true);
}, 120_000);

test('a server that was started in a subfolder of the repository finds its templates', async () => {
  const home = temporaryFolder();
  const client = await openClient('v2 modern', { home, cwd: join(dirname(dirname(BUNDLE)), 'tests', 'client') });
  const { experiment_dir, plan } = localExperiment(home);
  await prepare(client, { experiment_dir, plan });
  expect(await answerOf(client, 'experiment_status', { experiment_dir })).toMatchObject({ next: { tool: 'preflight_runs' } });
});
