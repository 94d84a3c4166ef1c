import type { Client } from 'ssh2';
import { type CommandResult, type Connection, ConnectionError, type RunOptions } from './connection.ts';
import type { ClusterProfile } from './profile.ts';
import { connect, whereOf } from './ssh_client.ts';
import { execute, NotSentError } from './ssh_exec.ts';
import { resolveTarget, type SshTarget } from './ssh_target.ts';

/** sshd allows ten channels on a connection unless a site says otherwise. */
const MOST_CHANNELS = 8;

/** Logs in at once, so that a wrong key or host is told before anything else is done. */
export async function openSsh(profile: ClusterProfile): Promise<Connection> {
  const connection = new SshConnection(await resolveTarget(profile), profile.ssh_config);
  await connection.open();
  return connection;
}

class SshConnection implements Connection {
  readonly where: string;
  private readonly target: SshTarget;
  private readonly sshConfig: string | undefined;
  private client: Promise<Client> | undefined;
  private closed = false;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(target: SshTarget, sshConfig: string | undefined) {
    this.target = target;
    this.sshConfig = sshConfig;
    this.where = whereOf(target);
  }

  /** The living connection, or a new one when there is none (any more). */
  open(): Promise<Client> {
    if (this.closed) return Promise.reject(new ConnectionError(`${this.where}: the connection was closed; open it again`));
    if (this.client !== undefined) return this.client;
    const opening = connect(this.target, this.sshConfig);
    const forget = (): void => {
      if (this.client === opening) this.client = undefined;
    };
    this.client = opening;
    opening.then((client) => client.once('close', forget), forget);
    return opening;
  }

  async run(command: string, options: RunOptions): Promise<CommandResult> {
    await this.turn();
    try {
      const opened = this.open();
      try {
        return await execute(await opened, this.where, command, options);
      } catch (error) {
        if (!(error instanceof NotSentError)) throw error;
        // Another command may have opened a new one already.
        if (this.client === opened) this.client = undefined;
        return await execute(await this.open(), this.where, command, options);
      }
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = await this.client?.catch(() => undefined);
    if (client === undefined) return;
    await new Promise<void>((resolve) => {
      client.once('close', () => resolve());
      client.end();
      // A server that is gone does not say goodbye.
      setTimeout(() => client.destroy(), 1000).unref();
    });
  }

  private async turn(): Promise<void> {
    while (this.running >= MOST_CHANNELS) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running++;
  }
}
