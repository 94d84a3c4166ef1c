import { expect, test } from 'vitest';
import { manyRuns } from '../budget/many_runs.ts';

test('10,000 runs cost little more than 14: a quarter above their budget at most', async () => {
  const { calls, total } = await manyRuns(10_000);
  expect(calls).toBeLessThanOrEqual(12);
  expect(total).toBeLessThanOrEqual(15_000);
}, 1_200_000);
