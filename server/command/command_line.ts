import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConnectionError } from '../clusters/connection.ts';
import type { Context } from '../launch/context.ts';
import { UserError } from '../model/problem.ts';
import { runCommand } from './run.ts';

type Environment = Omit<Context, 'progress' | 'signal'> & { read_only: boolean; close(): Promise<void> };

/** The process's words and signals given to a command; answers the exit code. */
export async function commandLine(words: readonly string[], environment: Environment): Promise<number> {
  if (words[0] === 'demo') return demo(words.slice(1));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const terminal = { write: (text: string) => void process.stdout.write(text), live: process.stdout.isTTY === true };
  try {
    return await runCommand(words, { ...environment, progress: () => undefined, signal: stop.signal }, terminal);
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write('stopped watching; the jobs go on\n');
      return 130;
    }
    if (!(error instanceof UserError || error instanceof ConnectionError)) throw error;
    process.stderr.write(`runwright: ${error.message}\n`);
    return 2;
  } finally {
    await environment.close();
  }
}

/** The demo drives the server as a client, from a process of its own. */
function demo(words: readonly string[]): number {
  const file = fileURLToPath(new URL('../dist/demo.js', import.meta.url));
  return spawnSync(process.execPath, [file, ...words], { stdio: 'inherit' }).status ?? 1;
}
