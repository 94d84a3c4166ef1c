import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundled, type Figure, figure, inFreshNode } from './figure.ts';
import { planOf } from './plan_text.ts';

export async function parsing(): Promise<Figure[]> {
  const once = await bundled('parse_once.ts');
  const file = join(mkdtempSync(join(tmpdir(), 'runwright-bench-')), 'runs_plan.md');
  writeFileSync(file, planOf(10_000, 'bench'));
  const theirs = inFreshNode(once, ['remark', file]);
  const ours = inFreshNode(once, ['ours', file]);
  return [
    figure(
      'parse and validate a 10,000-run plan',
      ours.ms ?? Number.NaN,
      'remark + remark-gfm alone',
      theirs.ms ?? Number.NaN,
      'ms',
      1 / 8,
    ),
    figure('its peak memory, whole process', ours.mib ?? Number.NaN, 'a limit of 200 MiB', 200, 'MiB', 1),
  ];
}
