import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { ConnectionPool } from '../../server/clusters/pool.ts';
import type { Context } from '../../server/launch/context.ts';

const BUNDLE = fileURLToPath(new URL('../../dist/runwright.js', import.meta.url));

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  // A thousand runs are some thousand files to remove.
}, 60_000);

export function temporaryFolder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'runwright-')));
  // A supervisor may still write there: rm looks anew at each try, rmSync tries the same list again.
  cleanups.push(() => rm(dir, { recursive: true, force: true, maxRetries: 25, retryDelay: 100 }));
  return dir;
}

export interface TestContext extends Context {
  home: string;
  messages: string[];
}

/** A handler's context with its own places: nothing of this machine's user is read or written. */
export function testContext(home = temporaryFolder()): TestContext {
  const pool = new ConnectionPool();
  cleanups.push(() => pool.closeAll());
  const messages: string[] = [];
  const experiments = join(home, 'experiments');
  mkdirSync(experiments, { recursive: true });
  return {
    home,
    messages,
    now: () => new Date(),
    root: { dir: experiments, fenced: true },
    config_dir: join(home, 'config'),
    state_dir: join(home, 'state'),
    supervisor: [process.execPath, BUNDLE, 'supervise'],
    connections: () => Promise.resolve(pool),
    progress: (message) => messages.push(message),
    signal: new AbortController().signal,
  };
}
