import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundled, type Figure, figure, inFreshNode, medians } from './figure.ts';

const ROUNDS = 5;
const against = 'writing the same bytes raw (temporary file + rename)';

/** Our stages and the raw writing of the same bytes, each in a fresh Node; who comes first alternates, since the disk remembers. */
async function measured(count: number, rounds: number): Promise<{ stages: number; raw: number; peak: number }> {
  const [ours, theirs] = [await bundled('stages_once.ts'), await bundled('raw_once.ts')];
  const folder = (): string => mkdtempSync(join(tmpdir(), 'runwright-bench-'));
  const source = folder();
  inFreshNode(ours, [String(count), source]);
  const all = Array.from({ length: rounds }, (_, index) => {
    const home = folder();
    const parts = [
      () => inFreshNode(ours, [String(count), home]),
      () => inFreshNode(theirs, [join(source, 'experiments', 'bench'), join(home, 'raw')]),
    ];
    const round: Record<string, number> = {};
    for (const part of index % 2 === 0 ? parts : parts.reverse()) Object.assign(round, part());
    rmSync(home, { recursive: true });
    return round;
  });
  rmSync(source, { recursive: true });
  const { stages = Number.NaN, raw = Number.NaN, peak = Number.NaN } = medians(all);
  return { stages, raw, peak };
}

export async function stages(): Promise<Figure[]> {
  const thousand = await measured(1000, ROUNDS);
  const tenThousand = await measured(10_000, 1);
  return [
    figure('stages 2 to 4 for 1,000 runs', thousand.stages, against, thousand.raw, 'ms', 4),
    figure('stages 2 to 4 for 10,000 runs', tenThousand.stages, 'ten times 1,000 runs', thousand.stages * 10, 'ms', 1.2),
    figure('their peak memory, whole process', tenThousand.peak, 'a limit of 300 MiB', 300, 'MiB', 1),
  ];
}
