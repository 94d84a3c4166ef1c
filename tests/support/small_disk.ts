import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const mounted: string[] = [];
afterEach(() => {
  for (const dir of [...mounted]) unmount(dir);
});

export function unmount(dir: string): void {
  mounted.splice(mounted.indexOf(dir), 1);
  execFileSync('/bin/umount', ['-l', dir]);
}

/** A disk of its own below `dir`; undefined where this machine does not let us mount one. */
export function disk(dir: string, options: string): string | undefined {
  mkdirSync(dir, { recursive: true });
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', options, 'none', dir], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  mounted.push(dir);
  return dir;
}

/** Until it has no room for a single byte; removing `filler` makes room again. */
export function fill(dir: string): void {
  try {
    writeFileSync(join(dir, 'filler'), Buffer.alloc(1 << 22));
  } catch {
    // It took what there was.
  }
}
