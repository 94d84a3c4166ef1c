import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError } from '../../server/clusters/connection.ts';
import { LocalConnection } from '../../server/clusters/local.ts';

const local = new LocalConnection();
const timeoutMs = 10_000;
afterEach(() => void vi.unstubAllEnvs());

describe('the local connection', () => {
  it('gives the exit code and both streams word for word', async () => {
    expect(await local.run('printf "a\\n"; printf "b" >&2; exit 3', { timeoutMs })).toEqual({ code: 3, stdout: 'a\n', stderr: 'b' });
  });

  it('has no exit code for a command that a signal ended', async () => {
    expect(await local.run('kill -9 $$', { timeoutMs })).toEqual({ code: null, stdout: '', stderr: '' });
  });

  it('passes input, else an empty one, and does not mind when nobody reads it', async () => {
    expect((await local.run('cat', { timeoutMs, input: Buffer.from('hello') })).stdout).toBe('hello');
    expect((await local.run('cat', { timeoutMs })).stdout).toBe('');
    expect((await local.run('exit 0', { timeoutMs, input: Buffer.alloc(2_000_000) })).code).toBe(0);
  });

  it('runs a command that is too long for an argument, with its input', async () => {
    const long = `${'# padding\n'.repeat(30_000)}cat; exit 4`;
    expect(await local.run(long, { timeoutMs, input: Buffer.from('data') })).toEqual({ code: 4, stdout: 'data', stderr: '' });
    expect(await local.run(long, { timeoutMs })).toEqual({ code: 4, stdout: '', stderr: '' });
  });

  it('ends the whole tree when the time is over', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'local-'));
    const late = join(dir, 'late');
    const run = local.run(`(sleep 1; touch ${late}) & wait`, { timeoutMs: 200 });
    await expect(run).rejects.toThrow(
      new ConnectionError('this machine: the command did not end within 0.2 s; ask again, or look at what it waits for'),
    );
    await sleep(1200);
    expect(existsSync(late)).toBe(false);
    await rm(dir, { recursive: true });
  });

  it('ends at once when it is cancelled', async () => {
    const began = Date.now();
    const run = local.run('sleep 20', { timeoutMs: 30_000, signal: AbortSignal.timeout(100) });
    await expect(run).rejects.toThrow(new ConnectionError('this machine: the command was cancelled; ask again'));
    expect(Date.now() - began).toBeLessThan(10_000);
    await expect(local.run('true', { timeoutMs, signal: AbortSignal.abort() })).rejects.toThrow('was cancelled');
  });

  it('says that bash is missing', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    await expect(local.run('true', { timeoutMs })).rejects.toThrow(
      new ConnectionError('this machine: there is no bash; install it, or put it on the PATH'),
    );
  });
});
