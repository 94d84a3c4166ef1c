import { execFileSync } from 'node:child_process';

export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
}

export function processTable(): ProcessRow[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group] = line.trim().split(/\s+/).map(Number);
    return pid === undefined || parent === undefined || group === undefined ? [] : [{ pid, parent, group }];
  });
}

/**
 * Everything below `root`, and everyone who shares a process group with one of those: children that left for a session of their
 * own (as torchrun's workers do) and those whose parent has died. `root` itself and its own group are left out.
 */
export function belowProcess(root: number, table: readonly ProcessRow[]): ProcessRow[] {
  const own = table.find((row) => row.pid === root)?.group;
  const found = new Map<number, ProcessRow>();
  const groups = new Set<number>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const row of table) {
      if (row.pid === root || found.has(row.pid)) continue;
      if (row.parent !== root && !found.has(row.parent) && !groups.has(row.group)) continue;
      found.set(row.pid, row);
      if (row.group !== own) groups.add(row.group);
      grown = true;
    }
  }
  return [...found.values()];
}

/** Those of `remembered` that are there still: the same number in the same group. */
export function stillThere(remembered: readonly ProcessRow[], table: readonly ProcessRow[]): ProcessRow[] {
  const now = new Map(table.map((row) => [row.pid, row.group]));
  return remembered.filter((row) => now.get(row.pid) === row.group);
}

export function signalAll(rows: readonly ProcessRow[], signal: NodeJS.Signals): void {
  for (const { pid } of rows) {
    try {
      process.kill(pid, signal);
    } catch {
      // Ended meanwhile.
    }
  }
}
