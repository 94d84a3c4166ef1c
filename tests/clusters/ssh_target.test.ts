import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hopRequest, resolveTarget } from '../../server/clusters/ssh_target.ts';

const CONFIG = `Host della
  HostName della9.example.edu
  Port 2222
  User alice
  IdentityFile ~/.ssh/%r_at_%h
  IdentitiesOnly yes
  UserKnownHostsFile /etc/known_a ~/known_b
  ProxyJump bob@gate:2200,inner
Host tunnel
  ProxyCommand nc %h %p
`;
let dir: string;
let ssh_config: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ssh-target-'));
  ssh_config = join(dir, 'config');
  await writeFile(ssh_config, CONFIG);
  vi.stubEnv('SSH_AUTH_SOCK', '');
  // ssh goes by the user's entry in passwd, whatever HOME says.
  vi.stubEnv('HOME', userInfo().homedir);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

describe.each(['with an ssh program', 'without one'])('where ssh connects to, %s', (how) => {
  beforeEach(() => {
    if (how === 'without one') vi.stubEnv('PATH', dir);
  });

  it('follows ssh_config', async () => {
    const target = await resolveTarget({ host: 'della', ssh_config });
    expect(target).toMatchObject({
      alias: 'della',
      host: 'della9.example.edu',
      port: 2222,
      user: 'alice',
      identity_files: [join(homedir(), '.ssh/alice_at_della9.example.edu')],
      identities_only: true,
      jumps: ['bob@gate:2200', 'inner'],
    });
    expect(target.known_hosts.slice(0, 2)).toEqual(['/etc/known_a', join(homedir(), 'known_b')]);
  });

  it("lets the profile's own fields win", async () => {
    const target = await resolveTarget({ host: 'della', user: 'carol', port: 22, identity_file: '~/key', known_hosts: '/k', ssh_config });
    expect(target).toMatchObject({ user: 'carol', port: 22, identity_file: join(homedir(), 'key'), known_hosts: ['/k'] });
  });

  it('knows a host that no line names', async () => {
    const target = await resolveTarget({ host: 'elsewhere', ssh_config });
    expect(target).toMatchObject({ host: 'elsewhere', port: 22, user: userInfo().username, jumps: [], identities_only: false });
    expect(target.identity_files).toContain(join(homedir(), '.ssh/id_ed25519'));
  });

  it('says that it cannot go through ProxyCommand', async () => {
    await expect(resolveTarget({ host: 'tunnel', ssh_config })).rejects.toThrow(
      'ssh_config reaches tunnel through ProxyCommand, which this connection cannot use; write it as ProxyJump, or remove it',
    );
  });
});

describe('a hop of ProxyJump', () => {
  it('is read in every form that ssh takes', () => {
    expect(hopRequest('gate', undefined)).toEqual({ host: 'gate' });
    expect(hopRequest('bob@gate:2200', '/c')).toEqual({ host: 'gate', user: 'bob', port: 2200, ssh_config: '/c' });
    expect(hopRequest('ssh://bob@gate:2200/', undefined)).toEqual({ host: 'gate', user: 'bob', port: 2200 });
    expect(hopRequest('[::1]:22', undefined)).toEqual({ host: '::1', port: 22 });
    expect(() => hopRequest('a b:c', undefined)).toThrow('ProxyJump "a b:c" cannot be read; write it as user@host:port');
  });
});
