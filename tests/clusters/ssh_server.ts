import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection as ServerSide } from 'ssh2';

const { Server, utils } = ssh2;

export interface TestServer {
  port: number;
  dir: string;
  identity_file: string;
  known_hosts: string;
  hostKeyLine(port?: number): string;
  logins: () => number;
  /** Cuts every connection, as a network that fails does. */
  cutAll(): void;
  stop(): Promise<void>;
}

/** A real SSH server in this process: the user `alice`, and `two-factor`, who is asked for a code; commands run in bash; connections may be forwarded through it. */
export async function startSshServer(): Promise<TestServer> {
  const dir = await mkdtemp(join(tmpdir(), 'ssh-server-'));
  const host = utils.generateKeyPairSync('ed25519');
  const user = utils.generateKeyPairSync('ed25519');
  const allowed = utils.parseKey(user.public);
  if (allowed instanceof Error) throw allowed;
  const open = new Set<ServerSide>();
  let logins = 0;
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => {});
    client.on('authentication', (request) => {
      const good =
        request.method === 'publickey' &&
        ['alice', 'two-factor'].includes(request.username) &&
        request.key.data.equals(allowed.getPublicSSH());
      if (!good) return request.reject(['publickey']);
      if (request.signature !== undefined && allowed.verify(request.blob ?? Buffer.alloc(0), request.signature, request.hashAlgo) !== true)
        return request.reject();
      if (request.username === 'two-factor' && request.signature !== undefined) return request.reject(['keyboard-interactive'], true);
      request.accept();
    });
    client.on('ready', () => {
      logins++;
      client.on('session', (accept) =>
        accept().on('exec', (acceptExec, _reject, { command }) => serveCommand(acceptExec(), command, client)),
      );
      client.on('tcpip', (acceptForward, reject, { destIP, destPort }) => {
        const socket = connectTcp(destPort, destIP);
        socket.once('error', () => reject());
        socket.once('connect', () => {
          const channel = acceptForward();
          channel.on('error', () => {});
          socket.pipe(channel).pipe(socket);
        });
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hostKeyLine = (at = port): string => `[127.0.0.1]:${at} ${host.public}\n`;
  const identity_file = join(dir, 'id_ed25519');
  const known_hosts = join(dir, 'known_hosts');
  await writeFile(identity_file, user.private, { mode: 0o600 });
  await writeFile(known_hosts, hostKeyLine());
  const cutAll = (): void => {
    // `end` would say goodbye; a failing network does not.
    for (const client of open) (client as unknown as { _sock: { destroy(): void } })._sock.destroy();
  };
  const stop = async (): Promise<void> => {
    cutAll();
    server.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { port, dir, identity_file, known_hosts, hostKeyLine, logins: () => logins, cutAll, stop };
}

function serveCommand(channel: ssh2.ServerChannel, command: string, client: ServerSide): void {
  if (command.includes('CHANNEL_WITHOUT_STATUS')) {
    channel.write('half an ans');
    channel.close();
    return;
  }
  if (command.includes('CUT_THE_LINE')) {
    channel.write('half an ans');
    setTimeout(() => (client as unknown as { _sock: { destroy(): void } })._sock.destroy(), 50);
    return;
  }
  const child = spawn('bash', ['-c', command], { stdio: 'pipe', detached: true });
  channel.on('error', () => {});
  child.stdin.on('error', () => {});
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 1);
    else channel.exit(signal.replace('SIG', ''), false, '');
    channel.end();
  });
}
