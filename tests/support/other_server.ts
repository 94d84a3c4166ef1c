import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestContext } from './context.ts';

const MAIN = fileURLToPath(new URL('../bad_input/call_main.ts', import.meta.url));

/** Calls a tool in a process of its own, as a second server beside ours would; `when` lets several begin at once. */
export async function inAnotherServer(
  context: TestContext,
  tool: string,
  input: unknown,
  when = 0,
): Promise<{ value?: Record<string, unknown>; error?: string }> {
  const env = {
    ...process.env,
    RUNWRIGHT_EXPERIMENTS: context.root.dir,
    // The tools add "runwright" to both.
    XDG_CONFIG_HOME: dirname(context.config_dir),
    XDG_STATE_HOME: dirname(context.state_dir),
  };
  const words = ['--import', 'tsx', MAIN, tool, JSON.stringify(input), String(when)];
  return JSON.parse((await promisify(execFile)(process.execPath, words, { env })).stdout);
}
