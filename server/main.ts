import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { environmentOf } from './environment.ts';
import { createServer } from './mcp.ts';

if (process.argv[2] === 'supervise') {
  const { supervise } = await import('./process/supervisor.ts');
  await supervise(process.argv[3] ?? '');
} else {
  serveStdio(() => createServer(environmentOf(process.env, process.cwd())));
}
