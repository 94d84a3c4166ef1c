import { describe, expect, it } from 'vitest';
import type { Connection } from '../../server/clusters/connection.ts';
import { ConnectionPool } from '../../server/clusters/pool.ts';
import { LOCAL_PROFILE } from '../../server/clusters/profile.ts';

const fake = (log: string[]): Connection => ({
  where: 'this machine',
  run: async () => ({ code: 0, stdout: '', stderr: '' }),
  close: async () => void log.push('closed'),
});

describe('the connection pool', () => {
  it('opens one connection for each profile and closes all of them', async () => {
    const log: string[] = [];
    const pool = new ConnectionPool(async ({ name }) => {
      log.push(name);
      return fake(log);
    });
    const [first, second] = await Promise.all([pool.connection(LOCAL_PROFILE), pool.connection({ ...LOCAL_PROFILE })]);
    expect(second).toBe(first);
    await pool.connection({ ...LOCAL_PROFILE, name: 'della' });
    await pool.closeAll();
    expect(log).toEqual(['local', 'della', 'closed', 'closed']);
  });

  it('tries again after a connection that could not be opened', async () => {
    let tries = 0;
    const pool = new ConnectionPool(async () => {
      if (++tries === 1) throw new Error('down');
      return fake([]);
    });
    await expect(pool.connection(LOCAL_PROFILE)).rejects.toThrow('down');
    await expect(pool.connection(LOCAL_PROFILE)).resolves.toBeDefined();
  });
});
