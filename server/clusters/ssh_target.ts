import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ConnectionError } from './connection.ts';
import type { ClusterProfile } from './profile.ts';

/** Where ssh connects to and how, after the person's ssh_config has had its say. */
export interface SshTarget {
  /** As written in the profile: an alias, perhaps. */
  alias: string;
  host: string;
  port: number;
  user: string;
  /** The profile's own key file: it must be there. */
  identity_file?: string;
  /** Key files that ssh would try; those that are missing are passed over. */
  identity_files: readonly string[];
  /** True when the agent may offer no other keys than those. */
  identities_only: boolean;
  /** The agent's socket, when there is one. */
  agent?: string;
  known_hosts: readonly string[];
  host_key_alias?: string;
  /** `[user@]host[:port]` each, the first to be connected to first. */
  jumps: readonly string[];
}

export type TargetRequest = Pick<ClusterProfile, 'host' | 'user' | 'port' | 'identity_file' | 'known_hosts' | 'ssh_config'>;

export const expandHome = (path: string): string => (path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path);

/** Asks `ssh -G`, which knows Include, Match and every default; without an ssh program, reads the file itself. */
export async function resolveTarget(request: TargetRequest): Promise<SshTarget> {
  const alias = request.host ?? '';
  const settings = (await sshSettings(request, alias)) ?? (await readSshConfig(request, alias));
  const one = (key: string): string | undefined => settings.get(key)?.[0];
  const proxyCommand = one('proxycommand');
  if (proxyCommand !== undefined && proxyCommand !== 'none')
    throw new ConnectionError(
      `ssh_config reaches ${alias} through ProxyCommand, which this connection cannot use; write it as ProxyJump, or remove it`,
    );
  const host = one('hostname') ?? alias;
  const user = request.user ?? one('user') ?? userInfo().username;
  const port = request.port ?? Number(one('port') ?? 22);
  const files = (key: string): string[] =>
    (settings.get(key) ?? [])
      .flatMap((line) => (key === 'identityfile' ? [line] : line.split(/\s+/)))
      .map((file) => file.replace(/^"(.*)"$/, '$1'))
      .filter((file) => file !== '' && file !== 'none')
      .map((file) => expandHome(expandTokens(file, { d: homedir(), h: host, n: alias, p: String(port), r: user, u: userInfo().username })));
  const agent = agentSocket(one('identityagent'));
  const hostKeyAlias = one('hostkeyalias');
  const jump = one('proxyjump');
  return {
    alias,
    host,
    port,
    user,
    ...(request.identity_file === undefined ? {} : { identity_file: expandHome(request.identity_file) }),
    identity_files: files('identityfile'),
    identities_only: one('identitiesonly') === 'yes',
    ...(agent === undefined ? {} : { agent }),
    known_hosts:
      request.known_hosts === undefined
        ? [...files('userknownhostsfile'), ...files('globalknownhostsfile')]
        : [expandHome(request.known_hosts)],
    ...(hostKeyAlias === undefined ? {} : { host_key_alias: hostKeyAlias }),
    jumps: jump === undefined || jump === 'none' ? [] : jump.split(',').map((hop) => hop.trim()),
  };
}

/** A hop of ProxyJump: `user@host:port`, `host`, `ssh://...` or `[v6]:port`. Its own profile fields are none but the ssh_config. */
export function hopRequest(hop: string, ssh_config: string | undefined): TargetRequest {
  const match = /^(?:ssh:\/\/)?(?:(?<user>[^@]+)@)?(?:\[(?<v6>[^\]]+)\]|(?<host>[^:/]+))(?::(?<port>\d+))?\/?$/.exec(hop);
  const host = match?.groups?.v6 ?? match?.groups?.host;
  if (host === undefined) throw new ConnectionError(`ProxyJump ${JSON.stringify(hop)} cannot be read; write it as user@host:port`);
  const { user, port } = match?.groups ?? {};
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(ssh_config === undefined ? {} : { ssh_config }),
  };
}

const expandTokens = (text: string, tokens: Readonly<Record<string, string>>): string =>
  text.replace(/%([%a-zA-Z])/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));

function agentSocket(configured: string | undefined): string | undefined {
  if (configured === 'none') return undefined;
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined;
  return configured.startsWith('$') ? process.env[configured.replace(/^\$\{?|\}$/g, '')] : expandHome(configured);
}

/** What `ssh -G` says of a host, by lower-case key; undefined without an ssh program. */
export async function sshSettings(request: TargetRequest, alias: string): Promise<Map<string, string[]> | undefined> {
  const options = [
    ...(request.ssh_config === undefined ? [] : ['-F', expandHome(request.ssh_config)]),
    ...(request.user === undefined ? [] : ['-l', request.user]),
    ...(request.port === undefined ? [] : ['-p', String(request.port)]),
  ];
  const result = await execa('ssh', ['-G', ...options, '--', alias], { reject: false, stdin: 'ignore', timeout: 10_000 });
  if (result.code === 'ENOENT') return undefined;
  if (result.exitCode !== 0)
    throw new ConnectionError(
      `ssh_config cannot be read for ${alias}: ${result.stderr.trim().split('\n').at(-1) ?? 'ssh -G failed'}; correct that file`,
    );
  const settings = new Map<string, string[]>();
  for (const line of result.stdout.split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) settings.set(line.slice(0, space), [...(settings.get(line.slice(0, space)) ?? []), line.slice(space + 1).trim()]);
  }
  return settings;
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => `~/.ssh/${name}`);

async function readSshConfig(request: TargetRequest, alias: string): Promise<Map<string, string[]>> {
  const { default: SSHConfig } = await import('ssh-config');
  const path = expandHome(request.ssh_config ?? '~/.ssh/config');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (request.ssh_config === undefined && error.code === 'ENOENT') return '';
    throw new ConnectionError(`${path} cannot be read (${error.code}); correct ssh_config in clusters.yaml`);
  });
  const settings = new Map<string, string[]>([
    ['identityfile', DEFAULT_KEYS],
    ['userknownhostsfile', ['~/.ssh/known_hosts']],
    ['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts']],
  ]);
  for (const [key, value] of Object.entries(SSHConfig.parse(text).compute({ Host: alias })))
    settings.set(key.toLowerCase(), [value].flat());
  return settings;
}
