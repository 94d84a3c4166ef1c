import { execFileSync } from 'node:child_process';

/** One line of the result: ours against a named alternative, measured in the same run. */
export interface Figure {
  what: string;
  ours: number;
  against: string;
  theirs: number;
  unit: string;
  ratio: number;
  /** The most that the ratio may be. */
  limit: number;
}

export const figure = (what: string, ours: number, against: string, theirs: number, unit: string, limit: number): Figure => ({
  what,
  ours,
  against,
  theirs,
  unit,
  ratio: ours / theirs,
  limit,
});

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export async function milliseconds(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs one of bench's own files in a fresh Node, so that its time and memory are its own; it prints one JSON object. */
export function inFreshNode(file: string, args: readonly string[]): Record<string, number> {
  const out = execFileSync(process.execPath, ['--import', 'tsx', new URL(file, import.meta.url).pathname, ...args], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
}
