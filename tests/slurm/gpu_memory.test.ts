import { expect, it } from 'vitest';
import { gpuMemory } from '../../server/slurm/gpu_memory.ts';

it.each<[string | undefined, string | undefined, [number, number] | undefined]>([
  ['a100', undefined, [40, 80]],
  ['A100', 'gpu80', [80, 80]],
  ['a100_80gb', undefined, [80, 80]],
  ['nvidia_a100-sxm4-40gb', undefined, [40, 40]],
  [undefined, 'a100&nvlink', [40, 80]],
  ['h100', undefined, [80, 94]],
  ['v100', undefined, [16, 32]],
  ['v100-32g', undefined, [32, 32]],
  ['l40s', undefined, [48, 48]],
  ['rtx4090', undefined, [24, 24]],
  ['b200', undefined, [180, 180]],
  ['h200', undefined, [141, 141]],
  ['gtx980', undefined, undefined],
  [undefined, 'rack12', undefined],
  [undefined, undefined, undefined],
])('the memory of gpu_type %s with constraint %s is %j GiB', (type, constraint, expected) => {
  const found = gpuMemory(type, constraint);
  expect(found && [found.least, found.most]).toEqual(expected);
});
