import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConnectionPool } from './clusters/pool.ts';
import { experimentsRoot } from './experiment/experiments_root.ts';
import type { Context } from './launch/context.ts';

/** Places by the XDG rules, and connections that are loaded and opened when first needed; `close` closes them. */
export function environmentOf(
  env: NodeJS.ProcessEnv,
  cwd: string,
): Omit<Context, 'progress' | 'signal'> & { read_only: boolean; close(): Promise<void> } {
  let pool: Promise<ConnectionPool> | undefined;
  return {
    now: () => new Date(),
    // Whoever sets it wants it, unless it says no.
    read_only: !/^(|0|false|no|off)$/i.test(env.RUNWRIGHT_READ_ONLY ?? ''),
    root: experimentsRoot(env, cwd),
    config_dir: join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'runwright'),
    state_dir: join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'runwright'),
    supervisor: [process.execPath, fileURLToPath(new URL('../dist/runwright.js', import.meta.url)), 'supervise'],
    connections: () => {
      pool ??= import('./clusters/pool.ts').then(({ ConnectionPool }) => new ConnectionPool());
      return pool;
    },
    close: async () => await (await pool)?.closeAll(),
  };
}
