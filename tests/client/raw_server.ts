import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';
import { BUNDLE, serverEnvironment } from './clients.ts';

export type Message = Record<string, unknown> & { id?: number; method?: string };

export interface RawServer {
  /** Every line that stdout carried, as it came. */
  lines: string[];
  stderr(): string;
  child: ChildProcess;
  send(message: Record<string, unknown>): void;
  request(method: string, params: Record<string, unknown>): Promise<Message>;
  received(method: string): Message[];
  ended: Promise<{ code: number | null; signal: string | null }>;
}

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** The server with nothing between it and the test: what it writes on stdout, byte by byte, and how it ends. */
export async function rawServer(home: string, cwd = home): Promise<RawServer> {
  const child = spawn(process.execPath, [BUNDLE], { cwd, env: serverEnvironment(home), stdio: ['pipe', 'pipe', 'pipe'] });
  children.add(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const lines: string[] = [];
  const messages: Message[] = [];
  const waiting = new Map<number, (message: Message) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    const message = JSON.parse(line) as Message;
    messages.push(message);
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });
  let last = 0;
  const self: RawServer = {
    lines,
    child,
    stderr: () => stderr,
    send: (message) => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    request: (method, params) => {
      last += 1;
      const id = last;
      self.send({ id, method, params });
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    received: (method) => messages.filter((message) => message.method === method),
    ended: new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal }))),
  };
  await self.request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } });
  self.send({ method: 'notifications/initialized' });
  return self;
}
