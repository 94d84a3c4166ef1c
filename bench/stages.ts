import { type Figure, figure, inFreshNode } from './figure.ts';

const against = 'writing the same bytes raw (temporary file + rename)';

export function stages(): Figure[] {
  const thousand = inFreshNode('stages_once.ts', ['1000']);
  const tenThousand = inFreshNode('stages_once.ts', ['10000']);
  return [
    figure('stages 2 to 4 for 1,000 runs', thousand.stages ?? Number.NaN, against, thousand.raw ?? Number.NaN, 'ms', 4),
    figure(
      'stages 2 to 4 for 10,000 runs',
      tenThousand.stages ?? Number.NaN,
      'ten times 1,000 runs',
      (thousand.stages ?? Number.NaN) * 10,
      'ms',
      1.3,
    ),
    figure('their peak memory, whole process', tenThousand.peak ?? Number.NaN, 'a limit of 300 MiB', 300, 'MiB', 1),
  ];
}
