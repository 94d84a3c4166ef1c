import { execFileSync } from 'node:child_process';
import { type BuildOptions, build } from 'esbuild';
import { OPTIONS } from '../scripts/bundle_options.mjs';

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

/** Bundles one of bench's own files as the product is bundled, so that nobody's compiler is measured. */
export async function bundled(file: string, more: BuildOptions = {}): Promise<string> {
  const outfile = new URL(`../.bench/${file.replace('.ts', '.mjs')}`, import.meta.url).pathname;
  await build({ ...OPTIONS, entryPoints: [new URL(file, import.meta.url).pathname], outfile, logLevel: 'error', ...more });
  return outfile;
}

/** Runs a bundled file in a fresh Node, so that its time and memory are its own; it prints one JSON object. */
export function inFreshNode(file: string, args: readonly string[]): Record<string, number> {
  const out = execFileSync(process.execPath, [file, ...args], { encoding: 'utf8', maxBuffer: 1e8 });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
}

/** The median of several fresh Nodes, figure by figure. */
export function medians(rounds: readonly Record<string, number>[]): Record<string, number> {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name] ?? Number.NaN))]));
}
