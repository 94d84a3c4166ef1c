import { parseArgs } from 'node:util';
import type { Context } from '../launch/context.ts';
import { didYouMean } from '../model/nearest.ts';
import { UserError } from '../model/problem.ts';
import { VERSION } from '../model/version.ts';
import type { Terminal } from './terminal.ts';

export const USAGE = `runwright: fine-tuning experiments on Slurm, one stage at a time

  runwright                          serves MCP on stdin and stdout, for Claude Code and other clients
  runwright status [EXPERIMENT]      what is done and what is to do, from the disk alone
  runwright monitor EXPERIMENT       watches the jobs to their end; --once looks once
  runwright doctor [CLUSTER]         what is here, and what each cluster of clusters.yaml lacks
  runwright demo [--cluster]         a small experiment with the real torchtune, from a plan to checkpoints
  runwright --version

EXPERIMENT is a folder, absolute or relative to the experiments' root (RUNWRIGHT_EXPERIMENTS, else experiments/ of the project).
`;

const COMMANDS = ['status', 'monitor', 'doctor', 'demo'];

/** The same handlers as the tools', for people without a client. Answers the exit code: 0 all well, 1 something to mend, 2 usage. */
export async function runCommand(
  words: readonly string[],
  context: Context & { read_only?: boolean },
  terminal: Terminal,
): Promise<number> {
  const { values, positionals } = argumentsOf(words);
  if (values.version) return said(terminal, `${VERSION}\n`);
  const [command, operand, ...more] = positionals;
  if (values.help || command === undefined) return said(terminal, USAGE);
  if (!COMMANDS.includes(command)) throw new UserError(`there is no command "${command}"; ${didYouMean(command, COMMANDS)}`);
  if (more.length > 0) throw new UserError(`${command} takes one argument; "${more.join(' ')}" is too much`);
  if (values.once && command !== 'monitor') throw new UserError('--once belongs to monitor');
  switch (command) {
    case 'status':
      return (await import('./status.ts')).status(operand, context, terminal);
    case 'monitor':
      if (context.read_only === true)
        throw new UserError('monitor records what it sees, and RUNWRIGHT_READ_ONLY is set; runwright status reads only the disk');
      if (operand === undefined) throw new UserError('name the experiment: runwright monitor EXPERIMENT');
      return (await import('./monitor.ts')).monitor(operand, values.once, context, terminal);
    default:
      return (await import('./doctor.ts')).doctor(operand, context, terminal);
  }
}

function said(terminal: Terminal, text: string): number {
  terminal.write(text);
  return 0;
}

function argumentsOf(words: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: { once: flag, help: { ...flag, short: 'h' }, version: flag } });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}
