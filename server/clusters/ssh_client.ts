import { NodeSSH } from 'node-ssh';
import type { Client, ClientChannel } from 'ssh2';
import { ConnectionError } from './connection.ts';
import { connectFault, secondFactor } from './ssh_fault.ts';
import { HostKeyCheck } from './ssh_host_key.ts';
import { credentialsOf } from './ssh_keys.ts';
import { hopRequest, resolveTarget, type SshTarget, type TargetRequest } from './ssh_target.ts';

const READY_TIMEOUT_MS = 20_000;
const MOST_HOPS = 8;

export const whereOf = ({ user, host, port }: SshTarget): string => `${user}@${host}:${port}`;

/** Logs in, through the jump hosts of ssh_config where there are any. Ending the client ends the whole chain. */
export async function connect(target: SshTarget, ssh_config: string | undefined, depth = 0): Promise<Client> {
  if (target.jumps.length === 0) return login(target, undefined);
  if (depth + target.jumps.length > MOST_HOPS)
    throw new ConnectionError(
      `${whereOf(target)}: ProxyJump of ssh_config goes through more than ${MOST_HOPS} hosts, or in a circle; correct it`,
    );
  let via: Client | undefined;
  try {
    for (const hop of target.jumps) {
      const resolved = await resolveTarget(hopRequest(hop, ssh_config) satisfies TargetRequest);
      // The chain that is written out wins; only its first host may have jumps of its own.
      via =
        via === undefined
          ? await connect(resolved, ssh_config, depth + 1)
          : await login({ ...resolved, jumps: [] }, await through(via, resolved), via);
    }
    if (via === undefined) throw new ConnectionError(`${whereOf(target)}: ProxyJump of ssh_config is empty; correct it`);
    return await login(target, await through(via, target), via);
  } catch (error) {
    via?.end();
    throw error;
  }
}

async function login(target: SshTarget, sock: ClientChannel | undefined, via?: Client): Promise<Client> {
  const where = whereOf(target);
  const [hostKey, credentials] = await Promise.all([HostKeyCheck.of(target), credentialsOf(target)]);
  const ssh = new NodeSSH();
  let client: Client;
  let tried = 0;
  let asksForMore: readonly string[] | undefined;
  try {
    await ssh.connect({
      host: target.host,
      port: target.port,
      username: target.user,
      ...(sock === undefined ? {} : { sock }),
      authHandler: (left, partial) => {
        if (partial) asksForMore = left;
        return asksForMore === undefined ? (credentials.methods[tried++] ?? false) : false;
      },
      hostVerifier: (key: Buffer) => hostKey.accepts(key),
      algorithms: { serverHostKey: hostKey.algorithms },
      readyTimeout: READY_TIMEOUT_MS,
      keepaliveInterval: 15_000,
      keepaliveCountMax: 3,
    });
    if (ssh.connection === null) throw new Error('Connection lost before handshake');
    client = ssh.connection;
  } catch (error) {
    ssh.dispose();
    throw new ConnectionError(
      `${where}: ${hostKey.refusal ?? secondFactor(asksForMore) ?? connectFault(error, credentials.offered, READY_TIMEOUT_MS)}`,
      {
        cause: error,
      },
    );
  }
  // A cut connection shows itself as `close` to whoever waits; without a listener `error` would end the whole server.
  client.on('error', () => {});
  client.on('close', () => via?.end());
  // Every running command listens for the end of the connection.
  client.setMaxListeners(0);
  // Without this, each command waits 40 ms for a delayed acknowledgement.
  client.setNoDelay(true);
  return client;
}

function through(via: Client, { host, port }: SshTarget): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    via.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else
        reject(
          new ConnectionError(`${host}:${port} cannot be reached from the jump host (${error.message}); check ProxyJump in ssh_config`),
        );
    });
  });
}
