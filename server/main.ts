#!/usr/bin/env node
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { environmentOf } from './environment.ts';
import { createServer } from './mcp.ts';

if (process.argv[2] === 'supervise') {
  const { supervise } = await import('./process/supervisor.ts');
  await supervise(process.argv[3] ?? '');
} else {
  const environment = environmentOf(process.env, process.cwd());
  const served = serveStdio(() => createServer(environment));
  // The client has gone, or a signal says so: calls under way are told to stop, and the process ends when they have.
  const end = (): void => {
    setTimeout(() => process.exit(0), 10_000).unref();
    void served.close().then(() => environment.close());
  };
  process.stdin.once('end', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
}
