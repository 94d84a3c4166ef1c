import { randomBytes } from 'node:crypto';

/** Linux takes no single argument of 128 KiB or more; a login shell's own words need some of it. */
const LONGEST_ARGUMENT = 100_000;

export interface Invocation {
  command: string;
  input?: Uint8Array;
}

/**
 * The same command, sent in front of its own input when it cannot travel as an argument: too long for the kernel, or, with
 * `plain_words`, holding what csh does not keep even inside single quotes (line ends, `!`) or fish reads (`\`).
 */
export function invocation(command: string, input: Uint8Array | undefined, plainWords: boolean): Invocation {
  const fits = Buffer.byteLength(command) < LONGEST_ARGUMENT && !(plainWords && /[\n\r!\\]/.test(command));
  if (fits) return input === undefined ? { command } : { command, input };
  // The last line proves that the whole command arrived: a cut one must never be run.
  const end = `#${randomBytes(8).toString('hex')}`;
  const script = Buffer.from(`${command}\n${end}`);
  const rest = input === undefined ? 'exec </dev/null; ' : '';
  return {
    command: `c=$(head -c ${script.length}); case $c in *"${end}") ;; *) echo "the command was cut short" >&2; exit 255;; esac; ${rest}eval "$c"`,
    input: input === undefined ? script : Buffer.concat([script, input]),
  };
}
