import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { digest } from '../model/digest.ts';
import { shellQuote, shellWords } from '../model/shell_quote.ts';
import { invocation } from './command_on_stdin.ts';
import { type CommandResult, type Connection, ConnectionError, type RunOptions } from './connection.ts';
import { LocalConnection } from './local.ts';
import type { ClusterProfile } from './profile.ts';
import { expandHome, sshSettings } from './ssh_target.ts';

/** sshd allows ten channels on a connection unless a site says otherwise. */
const MOST_CHANNELS = 8;
/** A socket's path has at most 107 bytes, and ssh adds 17 of its own while it opens one. */
const LONGEST_SOCKET = 90;
/** What our stand-in for a way to the host says: see `never`. */
const NO_CONNECTION = 'runwright: no open connection';

/** The system's ssh over a connection that a person has opened: their password or code never comes near us. */
export async function openOpenssh(profile: ClusterProfile): Promise<Connection> {
  const settings = await sshSettings(profile, profile.host ?? '');
  if (settings === undefined)
    throw new ConnectionError(`${profile.name}: there is no ssh program on this machine; install OpenSSH, or use connection: ssh`);
  const [user = profile.user, host = profile.host, port = '22'] = ['user', 'hostname', 'port'].map((key) => settings.get(key)?.[0]);
  const theirs = settings.get('controlpath')?.[0];
  const words = [...socketWords(profile, theirs === 'none' ? undefined : theirs), ...targetWords(profile)];
  const connection = new OpensshConnection(`${user}@${host}:${port}`, words);
  await connection.check();
  return connection;
}

/** A person's own ControlPath is used where their ssh_config has one; else a short one of ours. */
function socketWords({ name, host, user, port, ssh_config }: ClusterProfile, theirs: string | undefined): string[] {
  if (theirs !== undefined) return [];
  const file = `rw-${digest(JSON.stringify([host, user, port, ssh_config])).slice(0, 8)}`;
  const runtime = process.env.XDG_RUNTIME_DIR;
  // Only folders that nobody else can write in: whoever owns the socket sees all that goes through it.
  const path = [join(homedir(), '.ssh', file), ...(runtime === undefined || runtime === '' ? [] : [join(runtime, file)])].find(
    (candidate) => Buffer.byteLength(candidate) <= LONGEST_SOCKET,
  );
  if (path !== undefined) {
    // ssh itself makes this folder only when it keeps a host's key.
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return ['-S', path];
  }
  throw new ConnectionError(
    `${name}: the path of a socket in your home folder would be too long for ssh; set a short ControlPath for ${host} in ~/.ssh/config`,
  );
}

const targetWords = ({ host = '', user, port, identity_file, known_hosts, ssh_config }: ClusterProfile): string[] => [
  ...(ssh_config === undefined ? [] : ['-F', expandHome(ssh_config)]),
  ...(user === undefined ? [] : ['-l', user]),
  ...(port === undefined ? [] : ['-p', String(port)]),
  ...(identity_file === undefined ? [] : ['-i', expandHome(identity_file)]),
  ...(known_hosts === undefined ? [] : ['-o', `UserKnownHostsFile=${expandHome(known_hosts)}`]),
  '--',
  host,
];

class OpensshConnection implements Connection {
  readonly where: string;
  private readonly words: readonly string[];
  private readonly local: LocalConnection;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(where: string, words: readonly string[]) {
    this.where = where;
    this.words = words;
    this.local = new LocalConnection(where);
  }

  async check(): Promise<void> {
    const { code } = await this.local.run(shellWords(['ssh', '-O', 'check', ...this.words]), { timeoutMs: 10_000 });
    if (code !== 0) throw this.notOpen();
  }

  async run(command: string, { input, ...options }: RunOptions): Promise<CommandResult> {
    // The exit code comes with a random word: ssh's own 255 means something else, and a cut connection brings none.
    const word = randomBytes(12).toString('hex');
    const there = `( eval ${shellQuote(command)} )
c=$?; printf '\\n%s %s\\n' ${word} $c; printf '\\n%s\\n' ${word} >&2`;
    const sent = invocation(there, input, true);
    const line = `exec ${shellWords(['ssh', ...never, ...this.words, `bash -c ${shellQuote(sent.command)}`])}`;
    await this.turn();
    try {
      return this.read(await this.local.run(line, { ...options, ...(sent.input === undefined ? {} : { input: sent.input }) }), word);
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }

  /** The connection is the person's: it stays open. */
  async close(): Promise<void> {}

  private read({ stdout, stderr }: CommandResult, word: string): CommandResult {
    const [out, code] = stdout.split(`\n${word} `);
    const [err, end] = stderr.split(`\n${word}`);
    if (out !== undefined && code !== undefined && err !== undefined && end !== undefined)
      return { code: Number(code), stdout: out, stderr: err };
    if (stderr.includes(NO_CONNECTION)) throw this.notOpen();
    throw new ConnectionError(`${this.where}: the connection was cut while a command ran, so its outcome is not known; ask again`);
  }

  private notOpen(): ConnectionError {
    const command = shellWords(['ssh', '-fNM', '-o', 'ServerAliveInterval=60', ...this.words]);
    return new ConnectionError(
      `${this.where}: no connection is open, and this server never opens one itself; log in once in a terminal, then ask again: ${command}`,
    );
  }

  private async turn(): Promise<void> {
    while (this.running >= MOST_CHANNELS) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running++;
  }
}

/**
 * Nothing but a command through the open connection. Without one, ssh would log in by itself: it gets a way to the host that
 * leads nowhere, and no way to ask anybody for anything. That way is a shell of its own, which keeps its standard output while it
 * speaks: ssh ends it as soon as that is closed, often before the first word.
 */
const never = [
  ...['BatchMode=yes', 'ControlMaster=no', `ProxyCommand=sh -c 'echo ${NO_CONNECTION} >&2; exit 1'`, 'ProxyUseFdpass=no'],
  ...['RemoteCommand=none', 'RequestTTY=no', 'ClearAllForwardings=yes', 'PermitLocalCommand=no', 'ForkAfterAuthentication=no'],
  ...['StdinNull=no', 'SessionType=default', 'EscapeChar=none', 'LogLevel=INFO'],
].flatMap((option) => ['-o', option]);
