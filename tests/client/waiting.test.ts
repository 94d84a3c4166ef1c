import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import { temporaryFolder, testContext } from '../support/context.ts';
import { localExperiment } from '../support/local_experiment.ts';
import { CLIENTS, openClient, type TestClient } from './clients.ts';
import { rawServer } from './raw_server.ts';
import { answerOf, launch, prepare, untilDone } from './stages.ts';

const LONG = '#!/bin/bash\nexec sleep 300\n';

async function cancelAll(client: TestClient, experiment_dir: string): Promise<void> {
  const { cancel_id } = await answerOf(client, 'cancel_runs', { experiment_dir, runs: ['*'] });
  await answerOf(client, 'cancel_runs', { experiment_dir, runs: ['*'], confirm: cancel_id });
  expect(await untilDone(client, experiment_dir)).toMatchObject({ counts: { CANCELLED: 2 }, done: true });
}

test.each(CLIENTS)(
  'the %s client hears of the progress while monitor_jobs waits',
  async (kind) => {
    const home = temporaryFolder();
    const client = await openClient(kind, { home });
    const experiment = localExperiment(home, '#!/bin/bash\nsleep 3\n');
    await prepare(client, experiment);
    await launch(client, experiment.experiment_dir);
    const heard: { message?: string | undefined; progress: number; total?: number | undefined }[] = [];
    const input = { experiment_dir: experiment.experiment_dir, wait_seconds: 100, until: 'done' };
    await client.call('monitor_jobs', input, { timeout: 110_000, onprogress: (progress) => heard.push(progress) });
    expect(heard.length).toBeGreaterThanOrEqual(2);
    // The SDKs drop the last one where it comes together with the result, which says the same.
    for (const one of heard) expect(one).toMatchObject({ message: expect.stringMatching(/^[12] [A-Z]+/), total: 2 });
    const amounts = heard.map(({ progress }) => progress);
    expect(amounts).toEqual([...new Set(amounts)].sort((a, b) => a - b));
  },
  120_000,
);

test.each(CLIENTS)(
  'a waiting call that the %s client cancels leaves the server free for the next ones',
  async (kind) => {
    const home = temporaryFolder();
    const client = await openClient(kind, { home });
    const experiment = localExperiment(home, LONG);
    const { experiment_dir } = experiment;
    await prepare(client, experiment);
    await launch(client, experiment_dir);
    const stop = new AbortController();
    const waited = client.call(
      'monitor_jobs',
      { experiment_dir, wait_seconds: 3_600, until: 'done' },
      { signal: stop.signal, timeout: 3_600_000, onprogress: () => stop.abort('enough') },
    );
    await expect(waited).rejects.toThrow();
    expect(await answerOf(client, 'experiment_status', { experiment_dir })).toMatchObject({ summary: expect.stringMatching(/^3 runs: /) });
    expect(await answerOf(client, 'monitor_jobs', { experiment_dir })).toMatchObject({ done: false });
    await cancelAll(client, experiment_dir);
  },
  120_000,
);

test('after a cancelled wait nothing more is looked at or told, and the server ends with its input', async () => {
  const home = temporaryFolder();
  const client = await openClient('v1', { home });
  const experiment = localExperiment(home, LONG);
  const { experiment_dir } = experiment;
  await prepare(client, experiment);
  await launch(client, experiment_dir);

  const server = await rawServer(home);
  const wait = (id: string) =>
    server.send({
      id,
      method: 'tools/call',
      params: { name: 'monitor_jobs', arguments: { experiment_dir, wait_seconds: 3_600, until: 'done' }, _meta: { progressToken: id } },
    });
  const told = (id: string) =>
    server.received('notifications/progress').filter(({ params }) => (params as { progressToken: string }).progressToken === id).length;
  wait('first');
  await expect.poll(() => told('first'), { timeout: 20_000 }).toBeGreaterThan(0);
  server.send({ method: 'notifications/cancelled', params: { requestId: 'first' } });
  await server.request('ping', {});
  const before = told('first');
  await sleep(5_000);
  expect(told('first')).toBe(before);

  wait('second');
  await expect.poll(() => told('second'), { timeout: 20_000 }).toBeGreaterThan(0);
  server.child.stdin?.end();
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(server.stderr()).toBe('');
  await cancelAll(client, experiment_dir);
}, 120_000);

test('the handler itself answers soon with what it last saw when its call is cancelled', async () => {
  const context = testContext();
  const client = await openClient('v1', { home: context.home });
  const experiment = localExperiment(context.home, LONG);
  const { experiment_dir } = experiment;
  await prepare(client, experiment);
  await launch(client, experiment_dir);
  const stop = new AbortController();
  // The server's places, so that both look at the same jobs.
  const places = { config_dir: `${context.home}/config/runwright`, state_dir: `${context.home}/state/runwright` };
  const waited = monitorJobs(
    { experiment_dir, wait_seconds: 3_600, until: 'done' },
    { ...context, ...places, signal: stop.signal, progress: () => stop.abort() },
  );
  expect(await waited).toMatchObject({ done: false });
  await cancelAll(client, experiment_dir);
}, 120_000);
