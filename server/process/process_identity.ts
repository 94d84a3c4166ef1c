import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  pid: number;
  /** The machine's boot, where the system tells. */
  boot: string;
  /** When it started, as the system writes it. */
  started: string;
}

export function currentBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** Undefined when there is no such process (one that only waits to be reaped counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (process.platform === 'linux') {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      return undefined;
    }
    // The command's name, in parentheses, may hold anything: count from its end. proc(5): state is field 3, starttime 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const started = fields[19];
    if (started === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, boot: currentBoot(), started };
  }
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
    const [state = 'Z', ...started] = line.split(/\s+/);
    return state.startsWith('Z') ? undefined : { pid, boot: '', started: started.join(' ') };
  } catch {
    return undefined;
  }
}

export function isAlive(one: ProcessIdentity): boolean {
  const now = identify(one.pid);
  return now !== undefined && now.boot === one.boot && now.started === one.started;
}

export function readIdentity(text: string): ProcessIdentity | undefined {
  try {
    const { pid, boot, started } = JSON.parse(text) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof boot === 'string' && typeof started === 'string' ? { pid, boot, started } : undefined;
  } catch {
    return undefined;
  }
}
