#!/usr/bin/env node
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { environmentOf } from './environment.ts';
import { createServer } from './mcp/server.ts';

const words = process.argv.slice(2);
if (words[0] === 'supervise') {
  const { supervise } = await import('./process/supervisor.ts');
  await supervise(words[1] ?? '');
} else if (words.length > 0 || process.stdin.isTTY === true) {
  // A client's standard input is a pipe: at a terminal there is a person.
  const { commandLine } = await import('./command/command_line.ts');
  process.exitCode = await commandLine(words, environmentOf(process.env, process.cwd()));
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
