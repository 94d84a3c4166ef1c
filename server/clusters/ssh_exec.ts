import type { Client, ClientChannel } from 'ssh2';
import { shellQuote } from '../model/shell_quote.ts';
import { invocation } from './command_on_stdin.ts';
import { type CommandResult, ConnectionError, type RunOptions } from './connection.ts';

/** The request was never sent: nothing can have run, so it may be sent again. */
export class NotSentError extends ConnectionError {}

/** Runs one command on a channel of its own. Without an exit status there is no answer, however much text came. */
export function execute(client: Client, where: string, command: string, options: RunOptions): Promise<CommandResult> {
  const { timeoutMs, signal } = options;
  const sent = invocation(command, options.input, true);
  return new Promise((resolve, reject) => {
    let over = false;
    let channel: ClientChannel | undefined;
    const settle = (act: () => void): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      client.removeListener('close', cut);
      signal?.removeEventListener('abort', cancel);
      channel?.close();
      act();
    };
    const failure = (why: string) => (): void => settle(() => reject(new ConnectionError(`${where}: ${why}`)));
    const cut = failure('the connection was cut while a command ran, so its outcome is not known; ask again');
    const cancel = failure('the command was cancelled; what it had begun may go on there');
    const late = failure(`the command did not end within ${timeoutMs / 1000} s; ask again, or look at what the cluster is busy with`);
    const timer = setTimeout(late, timeoutMs);
    client.once('close', cut);
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) return cancel();
    try {
      client.exec(`bash -c ${shellQuote(sent.command)}`, (error, opened) => {
        if (error !== undefined) return failure(`the server opened no channel for a command (${error.message}); ask again`)();
        // Cancelled or timed out while the channel was being opened.
        if (over) return opened.close();
        channel = opened;
        collect(opened, (result) => (result === undefined ? cut() : settle(() => resolve(result))));
        opened.end(sent.input === undefined ? undefined : Buffer.from(sent.input));
      });
    } catch {
      settle(() => reject(new NotSentError(`${where}: the connection is closed; ask again`)));
    }
  });
}

function collect(channel: ClientChannel, finish: (result: CommandResult | undefined) => void): void {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let code: number | null | undefined;
  channel.on('data', (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A command may end without reading its input; the exit status tells then.
  channel.on('error', () => {});
  channel.on('exit', (status: number | null) => {
    code = status;
  });
  channel.on('close', () =>
    finish(
      code === undefined
        ? undefined
        : { code, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') },
    ),
  );
}
