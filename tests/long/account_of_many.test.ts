import { expect, test } from 'vitest';
import { manyRuns } from '../budget/many_runs.ts';

test.each([1_000, 10_000])(
  '%i runs cost little more than 14: a quarter above their budget at most',
  async (count) => {
    const { calls, total } = await manyRuns(count);
    expect(calls).toBeLessThanOrEqual(12);
    expect(total).toBeLessThanOrEqual(15_000);
  },
  1_200_000,
);
