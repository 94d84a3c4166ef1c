import { execa } from 'execa';
import { invocation } from './command_on_stdin.ts';
import { type CommandResult, type Connection, ConnectionError, type RunOptions } from './connection.ts';

/** Commands run as processes of this machine; `where` is what messages say. */
export class LocalConnection implements Connection {
  readonly where: string;

  constructor(where = 'this machine') {
    this.where = where;
  }

  async run(command: string, { input, timeoutMs, signal }: RunOptions): Promise<CommandResult> {
    if (signal?.aborted) throw new ConnectionError(`${this.where}: the command was cancelled; ask again`);
    const sent = invocation(command, input, false);
    // A process group of its own, so that the end of the command is the end of all that it started.
    const child = execa('bash', ['-c', sent.command], {
      ...(sent.input === undefined ? { stdin: 'ignore' as const } : { input: sent.input }),
      detached: true,
      cleanup: false,
      reject: false,
      encoding: 'buffer',
      stripFinalNewline: false,
      maxBuffer: 256 * 1024 * 1024,
    });
    let ended: string | undefined;
    const stop = (why: string) => () => {
      ended ??= why;
      killGroup(child.pid);
      // Somebody outside the group may hold them: an ssh that shares a connection hands them to its master.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(
      stop(`the command did not end within ${timeoutMs / 1000} s; ask again, or look at what it waits for`),
      timeoutMs,
    );
    const cancel = stop('the command was cancelled; ask again');
    signal?.addEventListener('abort', cancel, { once: true });
    const onExit = (): void => killGroup(child.pid);
    process.once('exit', onExit);
    try {
      const result = await child;
      if (ended !== undefined) throw new ConnectionError(`${this.where}: ${ended}`);
      if (result.code === 'ENOENT') throw new ConnectionError(`${this.where}: there is no bash; install it, or put it on the PATH`);
      if (result.isMaxBuffer) throw new ConnectionError(`${this.where}: the command answered more than 256 MiB; ask for less`);
      if (result.exitCode === undefined && result.signal === undefined)
        throw new ConnectionError(
          `${this.where}: bash could not be started (${result.code ?? 'unknown'}); look at the limits of this account`,
        );
      return { code: result.exitCode ?? null, stdout: textOf(result.stdout), stderr: textOf(result.stderr) };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      process.removeListener('exit', onExit);
    }
  }

  async close(): Promise<void> {}
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
