import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Names a folder where each process leaves its results as JSON, beside what it prints. */
const results = process.env.RUNWRIGHT_TEST_RESULTS;

export default defineConfig({
  test: {
    ...(results !== undefined && {
      reporters: ['default', 'json'],
      outputFile: { json: join(results, `${process.pid}.json`) },
    }),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/cluster/**', 'tests/long/**', 'tests/gpu/**'],
          // Against tests that hang: on two busy cores one of 2 s took 31.
          testTimeout: 120_000,
          // Most of them wait for processes of their own.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['tests/cluster/**/*.test.ts'],
          globalSetup: ['tests/cluster/global_setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'gpu',
          include: ['tests/gpu/**/*.test.ts'],
          testTimeout: 900_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'long',
          include: ['tests/long/**/*.test.ts'],
          globalSetup: ['tests/cluster/global_setup.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
