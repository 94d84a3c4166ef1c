import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as TransportV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach } from 'vitest';
import { z } from 'zod';

export const BUNDLE = fileURLToPath(new URL('../../dist/runwright.js', import.meta.url));

/** The v1 SDK, and the v2 SDK in both of the eras that it speaks. */
export const CLIENTS = ['v1', 'v2 legacy', 'v2 modern'] as const;
export type ClientKind = (typeof CLIENTS)[number];

export interface ServerPlaces {
  /** Holds experiments/, config/ and state/. */
  home: string;
  bundle?: string;
  cwd?: string;
}

export interface CallOptions {
  signal?: AbortSignal;
  onprogress?: (progress: { message?: string | undefined; progress: number; total?: number | undefined }) => void;
  timeout?: number;
}

const resultShape = z.object({
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })], z.looseObject({ type: z.literal('resource_link') })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});
export type Result = z.output<typeof resultShape>;

export interface TestClient {
  pid: number;
  call(tool: string, input: Record<string, unknown>, options?: CallOptions): Promise<Result>;
  /** As the server sent it. */
  tools(): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
  /** SIGKILL: the server has no chance to put anything in order. */
  kill(): Promise<void>;
}

const open = new Set<TestClient>();
afterEach(async () => {
  for (const client of open) await client.close();
});

export const serverEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  RUNWRIGHT_EXPERIMENTS: join(home, 'experiments'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_STATE_HOME: join(home, 'state'),
});

/** Starts the bundled server as other people's clients do, and connects to it over stdio. */
export async function openClient(kind: ClientKind, { home, bundle = BUNDLE, cwd = home }: ServerPlaces): Promise<TestClient> {
  const parameters = { command: process.execPath, args: [bundle], env: serverEnvironment(home), cwd };
  const client = kind === 'v1' ? await connectV1(parameters) : await connectV2(kind, parameters);
  open.add(client);
  return client;
}

type Parameters = ConstructorParameters<typeof TransportV1>[0];
const me = { name: 'runwright-tests', version: '1.0.0' };

async function connectV1(parameters: Parameters): Promise<TestClient> {
  const transport = new TransportV1(parameters);
  const client = new ClientV1(me);
  await client.connect(transport);
  // Knowing the list, the client checks each result against its output schema.
  const { tools } = await client.listTools();
  return testClient(
    transport.pid,
    client,
    async () => tools,
    async (name, input, options) => {
      return client.callTool({ name, arguments: input }, undefined, options);
    },
  );
}

async function connectV2(kind: 'v2 legacy' | 'v2 modern', parameters: Parameters): Promise<TestClient> {
  const transport = new TransportV2(parameters);
  const mode = kind === 'v2 legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new ClientV2(me, { versionNegotiation: { mode } });
  await client.connect(transport);
  const { tools } = await client.listTools();
  return testClient(
    transport.pid,
    client,
    async () => tools,
    async (name, input, options) => {
      return client.callTool({ name, arguments: input }, options);
    },
  );
}

type Call = (name: string, input: Record<string, unknown>, options: CallOptions) => Promise<unknown>;

function testClient(pid: number | null, client: { close(): Promise<void> }, tools: TestClient['tools'], callTool: Call): TestClient {
  if (pid === null) throw new Error('the server did not start');
  const self: TestClient = {
    pid,
    tools,
    call: async (name, input, options = {}) => resultShape.parse(await callTool(name, input, options)),
    close: async () => {
      open.delete(self);
      await client.close();
    },
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      await self.close();
    },
  };
  return self;
}

/** What a call gave: the structured result, or the text of its refusal. */
export const given = ({ content, structuredContent, isError }: Result): unknown => (isError === true ? content[0].text : structuredContent);
