import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../server/clusters/connection.ts';
import { ConnectionError } from '../../server/clusters/connection.ts';
import { frame } from '../../server/clusters/frame.ts';
import { fingerprint } from '../../server/clusters/known_hosts.ts';
import { openConnection } from '../../server/clusters/open_connection.ts';
import { type ClusterProfile, LOCAL_PROFILE } from '../../server/clusters/profile.ts';
import { startSshServer, type TestServer } from './ssh_server.ts';

const timeoutMs = 10_000;
let server: TestServer;
const opened: Connection[] = [];

beforeAll(async () => {
  server = await startSshServer();
  vi.stubEnv('SSH_AUTH_SOCK', '');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

const profile = (changes: Partial<ClusterProfile> = {}): ClusterProfile => ({
  ...LOCAL_PROFILE,
  name: 'lab',
  connection: 'ssh',
  scheduler: 'slurm',
  host: '127.0.0.1',
  port: server.port,
  user: 'alice',
  identity_file: server.identity_file,
  known_hosts: server.known_hosts,
  ssh_config: '/dev/null',
  ...changes,
});
const open = async (changes: Partial<ClusterProfile> = {}): Promise<Connection> => {
  const connection = await openConnection(profile(changes));
  opened.push(connection);
  return connection;
};
const refusal = (changes: Partial<ClusterProfile>): Promise<string> =>
  open(changes).then(
    () => 'no error',
    (error: unknown) => (error instanceof ConnectionError ? error.message : `not a ConnectionError: ${error}`),
  );
const file = async (name: string, text: string): Promise<string> => {
  const path = join(server.dir, name);
  await writeFile(path, text, { mode: 0o600 });
  return path;
};
const hostKey = (): { type: string; base64: string } => {
  const [, type = '', base64 = ''] = server.hostKeyLine().trim().split(' ');
  return { type, base64 };
};

describe('the ssh connection, when it is there', () => {
  it('gives the exit code and both streams, over one login', async () => {
    const connection = await open();
    const before = server.logins();
    expect(connection.where).toBe(`alice@127.0.0.1:${server.port}`);
    expect(await connection.run('printf "a\\n"; printf "it\'s" >&2; exit 3', { timeoutMs })).toEqual({
      code: 3,
      stdout: 'a\n',
      stderr: "it's",
    });
    expect(await connection.run('true', { timeoutMs })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(server.logins()).toBe(before);
  });

  it('has no exit code for a command that a signal ended', async () => {
    expect(await (await open()).run('kill -9 $$', { timeoutMs })).toEqual({ code: null, stdout: '', stderr: '' });
  });

  it('brings 300 KB of output and takes as much input, whole', async () => {
    const connection = await open();
    const input = Buffer.alloc(300_000, 'runwright\n');
    expect((await connection.run('cat', { timeoutMs, input })).stdout).toBe(input.toString());
    expect((await connection.run('cat', { timeoutMs })).stdout).toBe('');
    expect((await connection.run('exit 5', { timeoutMs, input })).code).toBe(5);
  });

  it('runs a command of many lines, or longer than an argument may be, with its input', async () => {
    const connection = await open();
    const long = `${'# padding!\n'.repeat(20_000)}read -r line\necho "[$line]"`;
    expect(await connection.run(long, { timeoutMs, input: Buffer.from('data\nrest') })).toEqual({
      code: 0,
      stdout: '[data]\n',
      stderr: '',
    });
    const asked = frame([
      { name: 'one', command: 'cat' },
      { name: 'two', command: 'echo 2; exit 1' },
    ]);
    const read = asked.read(await connection.run(asked.command, { timeoutMs, input: Buffer.from('x') }));
    expect([...read.values()]).toEqual([
      { stdout: 'x', code: 0, stderr: '' },
      { stdout: '2\n', code: 1, stderr: '' },
    ]);
  });

  it('runs more commands at once than a server has channels', async () => {
    const connection = await open();
    const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => connection.run(`echo ${index}`, { timeoutMs })));
    expect(answers.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 24 }, (_, index) => index));
  });

  it('takes host, port, user, key and known_hosts from ssh_config, and goes through ProxyJump', async () => {
    const inner = await startSshServer();
    const common = (target: TestServer) =>
      `  HostName 127.0.0.1\n  Port ${target.port}\n  User alice\n  IdentityFile ${target.identity_file}\n  UserKnownHostsFile ${target.known_hosts}\n  IdentitiesOnly yes\n`;
    const ssh_config = await file('config', `Host gate\n${common(server)}Host inner\n${common(inner)}  ProxyJump gate\n`);
    const { name, connection: kind, scheduler, defaults, gpu_request, setup, env, limits } = profile();
    const before = server.logins();
    const connection = await openConnection({
      name,
      connection: kind,
      scheduler,
      defaults,
      gpu_request,
      setup,
      env,
      limits,
      host: 'inner',
      ssh_config,
    });
    expect(connection.where).toBe(`alice@127.0.0.1:${inner.port}`);
    expect((await connection.run('echo through', { timeoutMs })).stdout).toBe('through\n');
    expect([server.logins() - before, inner.logins()]).toEqual([1, 1]);
    await connection.close();
    await inner.stop();
  });

  it('logs in with a key that only the agent can open', async () => {
    const socket = join(server.dir, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      while (!existsSync(socket)) await sleep(20);
      execFileSync('ssh-add', ['-q', server.identity_file], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
      const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 }).private;
      vi.stubEnv('SSH_AUTH_SOCK', socket);
      const connection = await open({ identity_file: await file('locked', locked) });
      expect((await connection.run('echo agent', { timeoutMs })).stdout).toBe('agent\n');
    } finally {
      vi.stubEnv('SSH_AUTH_SOCK', '');
      agent.kill();
    }
  });

  it('knows a host by its hashed name', async () => {
    const known_hosts = await file('hashed', server.hostKeyLine());
    execFileSync('ssh-keygen', ['-q', '-H', '-f', known_hosts], { stdio: 'ignore' });
    expect((await (await open({ known_hosts })).run('echo hi', { timeoutMs })).stdout).toBe('hi\n');
  });
});

describe('the ssh connection, when it fails', () => {
  it('refuses an unknown host key, with its fingerprint and the command that adds it', async () => {
    const known_hosts = await file('empty hosts', '');
    const print = fingerprint(Buffer.from(hostKey().base64, 'base64'));
    const published = execFileSync('ssh-keygen', ['-lf', '-'], { input: `${hostKey().type} ${hostKey().base64}` }).toString();
    expect(published).toContain(print);
    expect(await refusal({ known_hosts })).toBe(
      `alice@127.0.0.1:${server.port}: the host key is unknown: [127.0.0.1]:${server.port} shows the ssh-ed25519 key ${print}, which is not in '${known_hosts}'; compare the fingerprint with the one that the site publishes, then add the key: ssh-keyscan -p ${server.port} 127.0.0.1 >> '${known_hosts}'`,
    );
  });

  it('refuses a changed and a revoked host key', async () => {
    const other = ssh2.utils.generateKeyPairSync('ed25519').public;
    const changed = await file('changed', `[127.0.0.1]:${server.port} ${other}\n`);
    const print = fingerprint(Buffer.from(hostKey().base64, 'base64'));
    const name = `[127.0.0.1]:${server.port}`;
    expect(await refusal({ known_hosts: changed })).toBe(
      `alice@127.0.0.1:${server.port}: the host key has CHANGED: ${name} shows the ssh-ed25519 key ${print}, but ${changed} has another; somebody may be listening in, so ask the site first; only if it says that the key was changed, forget the old one: ssh-keygen -R '${name}' -f ${changed}`,
    );
    const revoked = await file('revoked', `@revoked ${server.hostKeyLine()}${server.hostKeyLine()}`);
    expect(await refusal({ known_hosts: revoked })).toBe(
      `alice@127.0.0.1:${server.port}: the host key is revoked: ${name} shows the ssh-ed25519 key ${print}, and ${revoked} revokes it; do not connect, ask the site`,
    );
  });

  it('says which key was refused, and never shows it', async () => {
    const other = ssh2.utils.generateKeyPairSync('ed25519').private;
    const identity_file = await file('other_key', other);
    expect(await refusal({ identity_file })).toBe(
      `alice@127.0.0.1:${server.port}: the server refused the key(s) that were offered (${identity_file}); check user and identity_file in clusters.yaml`,
    );
    expect(await refusal({ user: 'mallory' })).toBe(
      `mallory@127.0.0.1:${server.port}: the server refused the key(s) that were offered (${server.identity_file}); check user and identity_file in clusters.yaml`,
    );
  });

  it('says that a server wants a second factor', async () => {
    expect(await refusal({ user: 'two-factor' })).toBe(
      `two-factor@127.0.0.1:${server.port}: the server took the key but asks for more (keyboard-interactive), and this connection never handles passwords or codes; ask the site for a login by key alone`,
    );
  });

  it('says what is wrong with a key file', async () => {
    const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 }).private;
    const identity_file = await file('locked_key', locked);
    expect(await refusal({ identity_file })).toBe(
      `the key ${identity_file} is protected by a passphrase and there is no ssh agent; start one and load the key: ssh-add ${identity_file}`,
    );
    expect(await refusal({ identity_file: '/nonexistent/key' })).toBe(
      'the key /nonexistent/key cannot be read (ENOENT); check identity_file in clusters.yaml',
    );
    const nonsense = await file('nonsense', 'hello');
    expect(await refusal({ identity_file: nonsense })).toBe(
      `the key ${nonsense} is in a format that cannot be read; check identity_file in clusters.yaml, or make a key with ssh-keygen -t ed25519`,
    );
  });

  it('says that a host is not there', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    await new Promise((resolve) => taken.close(resolve));
    expect(await refusal({ port })).toBe(
      `alice@127.0.0.1:${port}: nothing accepts connections there (ECONNREFUSED); check host and port in clusters.yaml`,
    );
    expect(await refusal({ host: 'no-such-host.invalid', port: 22 })).toMatch(
      /^alice@no-such-host\.invalid:22: this host name cannot be resolved \((ENOTFOUND|EAI_AGAIN)\); check host in clusters\.yaml, and the network or VPN$/,
    );
    const missing = join(server.dir, 'no_config');
    expect(await refusal({ ssh_config: missing })).toMatch(/^ssh_config cannot be read for 127\.0\.0\.1: .*; correct that file$/);
  });

  it('does not take a cut connection, or an answer without an exit status, for an answer; and connects again', async () => {
    const connection = await open();
    const unknown = `alice@127.0.0.1:${server.port}: the connection was cut while a command ran, so its outcome is not known; ask again`;
    await expect(connection.run('echo CHANNEL_WITHOUT_STATUS', { timeoutMs })).rejects.toThrow(new ConnectionError(unknown));
    await expect(connection.run('echo CUT_THE_LINE', { timeoutMs })).rejects.toThrow(new ConnectionError(unknown));
    expect((await connection.run('echo again', { timeoutMs })).stdout).toBe('again\n');
    const running = connection.run('sleep 20', { timeoutMs });
    setTimeout(() => server.cutAll(), 200);
    await expect(running).rejects.toThrow(new ConnectionError(unknown));
    expect((await connection.run('echo again', { timeoutMs })).stdout).toBe('again\n');
  });

  it('ends a command at its time limit, or when it is cancelled, and goes on', async () => {
    const connection = await open();
    await expect(connection.run('sleep 20', { timeoutMs: 200 })).rejects.toThrow(
      `alice@127.0.0.1:${server.port}: the command did not end within 0.2 s; ask again, or look at what the cluster is busy with`,
    );
    await expect(connection.run('sleep 20', { timeoutMs, signal: AbortSignal.timeout(200) })).rejects.toThrow(
      `alice@127.0.0.1:${server.port}: the command was cancelled; what it had begun may go on there`,
    );
    expect((await connection.run('echo on', { timeoutMs })).stdout).toBe('on\n');
    await connection.close();
    await expect(connection.run('true', { timeoutMs })).rejects.toThrow('the connection was closed; open it again');
  });
});
