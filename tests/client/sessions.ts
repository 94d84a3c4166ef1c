import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as TransportV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, ResourceListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach } from 'vitest';
import { BUNDLE, type ClientKind, serverEnvironment } from './clients.ts';

export interface SessionOptions {
  home: string;
  bundle?: string;
  env?: Record<string, string>;
  /** Answers the questions put to the person; without it the client cannot ask. */
  person?: (message: string) => 'accept' | 'decline' | 'cancel';
}

const open = new Set<{ close(): Promise<void> }>();
afterEach(async () => {
  for (const client of open) await client.close();
  open.clear();
});

const me = { name: 'runwright-tests', version: '1.0.0' };

/** A whole client, for what is not a tool; and how often it was told that the list of resources changed. */
export async function openSession(kind: ClientKind, { home, bundle = BUNDLE, env = {}, person }: SessionOptions) {
  const parameters = { command: process.execPath, args: [bundle], env: { ...serverEnvironment(home), ...env }, cwd: home };
  const capabilities = person === undefined ? {} : { elicitation: { form: {} } };
  const changes = { count: 0 };
  const answer = (message: string) => {
    const action = person?.(message) ?? 'cancel';
    return action === 'accept' ? { action, content: {} } : { action };
  };
  const told = (): void => {
    changes.count += 1;
  };
  if (kind === 'v1') {
    const client = new ClientV1(me, { capabilities });
    if (person !== undefined) client.setRequestHandler(ElicitRequestSchema, ({ params }) => answer(params.message));
    client.setNotificationHandler(ResourceListChangedNotificationSchema, told);
    await client.connect(new TransportV1(parameters));
    open.add(client);
    return { client, changes };
  }
  const mode = kind === 'v2 legacy' ? ('legacy' as const) : { pin: '2026-07-28' };
  const client = new ClientV2(me, {
    capabilities,
    versionNegotiation: { mode },
    listChanged: { resources: { autoRefresh: false, onChanged: told } },
  });
  if (person !== undefined) client.setRequestHandler('elicitation/create', ({ params }) => answer(params.message));
  await client.connect(new TransportV2(parameters));
  open.add(client);
  return { client, changes };
}
