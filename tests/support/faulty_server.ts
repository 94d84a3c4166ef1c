import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { readTextIfThere } from '../../server/model/files.ts';
import type { TestContext } from './context.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const FAULT_POINTS = fileURLToPath(new URL('fault_points.mjs', import.meta.url));

const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('\n');

let bundle: string | undefined;

/** A server for one call as one file: it starts in a quarter of the time that tsx takes. */
function bundled(): string {
  if (bundle !== undefined) return bundle;
  const folder = mkdtempSync(join(tmpdir(), 'runwright-server-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // As in an installation: the bundle in a folder of its own, templates/ and dist/ beside it.
  mkdirSync(join(folder, 'server'));
  for (const name of ['templates', 'dist']) symlinkSync(join(repository, name), join(folder, name));
  bundle = join(folder, 'server', 'call.mjs');
  buildSync({
    entryPoints: [join(repository, 'tests/bad_input/call_main.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: BANNER },
    external: ['cpu-features', '*.node'],
    logLevel: 'error',
  });
  return bundle;
}

export interface Fault {
  /** The number of the step, from 1, among those of its name; 0 counts them all and does nothing. */
  at: number;
  of?: string;
  /** `kill` ends the server before the step, `tear` in the middle of it; `cut` ends its connections; `full` and `readonly` befall `disk`. */
  act: 'kill' | 'tear' | 'cut' | 'count' | 'full' | 'readonly';
  disk?: string;
}

export interface FaultyCall {
  /** The step that was hit; undefined when the call had fewer steps. With `count`, all of them. */
  steps: string[];
  value?: Record<string, unknown>;
  error?: string;
}

/** Calls a tool in a server of its own, to which the fault happens. */
export async function callWithFault(context: TestContext, tool: string, input: unknown, fault: Fault): Promise<FaultyCall> {
  const log = join(context.home, 'fault-steps');
  rmSync(log, { force: true });
  const env = {
    ...process.env,
    RUNWRIGHT_EXPERIMENTS: context.root.dir,
    // The tools add "runwright" to both.
    XDG_CONFIG_HOME: dirname(context.config_dir),
    XDG_STATE_HOME: dirname(context.state_dir),
    RUNWRIGHT_TEST_FAULT: JSON.stringify({ log, ...fault }),
  };
  const words = ['--import', FAULT_POINTS, bundled(), tool, JSON.stringify(input)];
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, words, { env }, (error, out) => {
      if (error === null || error.signal === 'SIGKILL') resolve(out);
      else reject(error);
    });
  });
  const steps = (readTextIfThere(log) ?? '').split('\n').filter((line) => line !== '');
  return { steps, ...(stdout === '' ? {} : JSON.parse(stdout)) };
}
