/** What a command on a cluster answered. `code` is null when it was killed by a signal. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Bytes for standard input; without it the command reads /dev/null. */
  input?: Uint8Array;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Could not ask: the connection failed, timed out or was cut. It says nothing about jobs. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** A place where commands run. Many commands go over one connection. */
export interface Connection {
  /** `alice@della.example.edu:22`, or `this machine`: for messages. */
  readonly where: string;
  /** Runs `bash -c command`. Throws `ConnectionError` when it could not be asked. */
  run(command: string, options: RunOptions): Promise<CommandResult>;
  close(): Promise<void>;
}
