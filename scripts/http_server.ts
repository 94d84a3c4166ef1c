// The server's factory over HTTP on the loopback interface, for judges that speak nothing else. The product serves stdio.
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { environmentOf } from '../server/environment.ts';
import { createServer } from '../server/mcp/server.ts';

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** Its address; `close` ends it. */
export async function serveHttp(experiments: string): Promise<{ url: string; close(): void }> {
  const environment = environmentOf({ ...process.env, RUNWRIGHT_EXPERIMENTS: experiments }, process.cwd());
  const handler = createMcpHandler(() => createServer(environment));
  const http = createHttpServer(async (request, response) => {
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const body = await bodyOf(request);
    const init = { method: request.method ?? 'GET', headers, ...(body === undefined ? {} : { body: new Uint8Array(body) }) };
    const answer = await handler.fetch(new Request(`http://${request.headers.host}${request.url}`, init));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null) response.end();
    // The other side may hang up in the middle of a stream.
    else await pipeline(Readable.fromWeb(answer.body as ReadableStream), response).catch(() => undefined);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`, close: () => http.close() };
}
