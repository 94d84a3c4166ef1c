import { readFileSync } from 'node:fs';
import { shellQuote } from '../model/shell_quote.ts';
import { pythonPath } from '../model/template_folder.ts';
import type { Connection } from './connection.ts';
import { frame } from './frame.ts';

/** What a program said, or why it could not be asked. */
export type ProgramAnswer = { text: string } | { not_run: string };

/** Exit code of our own: no such python. */
const NO_PYTHON = 97;

/**
 * Runs a program of python/ there, after the profile's setup lines, with nothing but `python3`. Program and request travel on
 * standard input, since both may be longer than a command may be; nothing is left behind.
 */
export async function runPython(
  connection: Connection,
  options: { setup: readonly string[]; files: readonly string[]; request: unknown; timeoutMs: number; signal?: AbortSignal },
): Promise<ProgramAnswer> {
  const program = Buffer.from(options.files.map((file) => readFileSync(pythonPath(file), 'utf8')).join('\n\n'));
  const start = `import sys; exec(compile(sys.stdin.buffer.read(${program.length}), "runwright", "exec"))`;
  const { command, read } = frame([
    {
      name: 'python3',
      // What setup lines print or read is their own.
      command: [
        '{',
        'set +u',
        ...options.setup,
        '} </dev/null >&2',
        `command -v python3 >/dev/null || exit ${NO_PYTHON}`,
        `exec python3 -c ${shellQuote(start)}`,
      ].join('\n'),
    },
  ]);
  const input = Buffer.concat([program, Buffer.from(JSON.stringify(options.request))]);
  const result = await connection.run(command, { input, timeoutMs: options.timeoutMs, ...(options.signal && { signal: options.signal }) });
  const section = read(result).get('python3');
  if (section === undefined || section.code === NO_PYTHON) return { not_run: 'python3 was not found there' };
  if (section.code === 0) return { text: section.stdout };
  const last = section.stderr.trim().split('\n').at(-1) ?? '';
  return { not_run: `python3 ended with exit code ${section.code}: ${last.slice(0, 300)}` };
}
