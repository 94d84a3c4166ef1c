import { expect, test } from 'vitest';
import { chooseRuns } from '../../server/model/run_selection.ts';

const RUNS = ['a_rank8', 'a_rank64', 'b_rank8', 'b.rank8'].map((name) => ({ name }));
const names = (patterns?: string[]): string[] => chooseRuns(RUNS, patterns).map(({ name }) => name);

test('without names every run is chosen', () => {
  expect(names()).toEqual(['a_rank8', 'a_rank64', 'b_rank8', 'b.rank8']);
});

test("names and globs choose runs in the plan's order, each once", () => {
  expect(names(['b_rank8', '*_rank8'])).toEqual(['a_rank8', 'b_rank8']);
  expect(names(['b?rank8'])).toEqual(['b_rank8', 'b.rank8']);
});

test('a dot in a pattern is a dot', () => {
  expect(names(['b.*'])).toEqual(['b.rank8']);
});

test('a pattern that chooses none is an error that names the nearest', () => {
  expect(() => names(['a_rank9'])).toThrow('no run is named "a_rank9"; did you mean "a_rank8"? (nothing was changed)');
});

test('all names and globs that choose none are told at once', () => {
  expect(() => names(['a_rank9', 'b_rank8', '*_rank16'])).toThrow(
    'no run is named "a_rank9"; did you mean "a_rank8"?\nno run matches "*_rank16"; known: a_rank8, a_rank64, b_rank8, b.rank8 (nothing was changed)',
  );
});
