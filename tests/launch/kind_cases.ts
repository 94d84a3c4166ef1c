import type { DataCase } from './data_cases.ts';

/** What the columns of a file hold: `datasets` takes each for one kind of value, from the first rows or the first file. */

const ENDS = 'the job would end with an error there';
const MEND = 'write one kind of value in it, or leave it out';
const FRONT = 'move a row that has it to the front, or leave it out';
const two = (column: string, why: string): string =>
  `error: data set words has values of two kinds in "${column}" (${why}): a column holds one kind, and ${ENDS}, whether or not it is used; ${MEND}`;
const late = (column: string, row: number, behind: string): string =>
  `error: data set words has the first value of "${column}" in row ${row}, behind ${behind}, from which columns and their kinds are taken: ${ENDS}; ${FRONT}`;

const list = (...values: unknown[]): string => JSON.stringify(values.map((x) => ({ input: 'a', output: 'b', x })));
const lines = (...values: unknown[]): string => values.map((x) => JSON.stringify({ input: 'a', output: 'b', x })).join('\n');
const texts = (...values: unknown[]): string => values.map((text) => JSON.stringify({ text })).join('\n');
const plain = JSON.stringify({ input: 'a', output: 'b' });
const csv = (...cells: string[]): string => `input,output,x\n${cells.map((cell) => `a,b,${cell}\n`).join('')}`;
const many = (cell: string, count = 10_000): string[] => Array(count).fill(cell);

const sound = (name: string, text: string, more: Partial<DataCase> = {}): DataCase => ({ name, text, says: [], refused: false, ...more });
const refused = (name: string, text: string, says: string, more: Partial<DataCase> = {}): DataCase => ({
  name,
  text,
  says: [says],
  refused: true,
  ...more,
});
const jsonl = { ending: 'jsonl' };
const table = { ending: 'csv' };
const completion = { dataset: { format: 'completion' } };

export const KIND_CASES: readonly DataCase[] = [
  sound('whole_and_fraction', lines(1, 1.5, null, 2 ** 70), jsonl),
  sound('objects_of_other_keys', lines({ a: 1 }, { b: 'x' }, {}, null), jsonl),
  sound('lists_of_one_kind', lines([], [1], [1.5, null]), jsonl),
  sound('true_among_fractions', list(1.5, true, 2)),
  sound('date_and_text', lines('2020-01-01', 'x'), jsonl),
  sound('unused_dates', lines('2020-01-01', '2020-01-02'), jsonl),
  sound('csv_of_all_kinds', csv('1', 's', 'True', ''), table),
  sound('csv_text_then_numbers', csv(...many('s'), '1'), table),
  sound('csv_empty_then_numbers', csv(...many(''), '1', '1.5'), table),
  sound('csv_whole_then_true', csv(...many('1'), 'True'), table),
  sound('text_then_numbers', lines('s'), { ...jsonl, more: [lines(1), lines(true), plain] }),
  sound('whole_then_its_text', lines(1), { ...jsonl, more: [lines('5'), lines(2.0), lines(null)] }),
  refused('number_and_text', lines(1, null, 'x'), two('x', 'a number in row 1, text in row 3'), jsonl),
  refused('number_and_text_in_list', list('x', 1), two('x', 'text in row 1, a number in row 2')),
  refused('number_and_true', lines(1.5, true), two('x', 'a number in row 1, true or false in row 2'), jsonl),
  refused('whole_and_true', list(1, true), two('x', 'a number in row 1, true or false in row 2')),
  refused('true_before_fraction', list(true, 1.5), two('x', 'true or false in row 1, a number in row 2')),
  refused('list_and_text', list(['a'], 'a'), two('x', 'a list in row 1, text in row 2')),
  refused('within_a_list', lines([1, 'a']), two('x[]', 'a number in row 1, text in row 1'), jsonl),
  refused('within_an_object', lines({ a: [{ b: 1 }] }, { a: [{ b: 'x' }] }), two('x.a[].b', 'a number in row 1, text in row 2'), jsonl),
  refused(
    'used_column_of_two_kinds',
    JSON.stringify([
      { input: 'a', output: 'b' },
      { input: 'a', output: 4 },
    ]),
    two('output', 'text in row 1, a number in row 2'),
  ),
  refused('csv_numbers_then_text', csv(...many('1'), 's'), two('x', 'a number in the first 10000 rows, text in row 10001'), table),
  refused(
    'csv_whole_then_fraction',
    csv(...many('1'), '1.5'),
    two('x', 'whole numbers in the first 10000 rows, a fraction in row 10001'),
    table,
  ),
  refused(
    'csv_numbers_then_true_among_numbers',
    csv(...many('2'), '2', 'True'),
    two('x', 'a number in the first 10000 rows, true or false in row 10002'),
    table,
  ),
  refused('date_behind_fractions', lines(1.5), two('x', 'a number in the first file, a date in row 2'), {
    ...jsonl,
    more: [lines('2020-01-01')],
  }),
  refused('csv_empty_then_text', csv(...many(''), 's'), two('x', 'a number in the first 10000 rows, text in row 10001'), table),
  refused(
    'csv_output_numbers_then_text',
    `input,output\n${many('a,1\n').join('')}a,s\n`,
    two('output', 'a number in the first 10000 rows, text in row 10001'),
    table,
  ),
  refused('column_of_a_later_file', plain, late('x', 2, 'the first file'), { ...jsonl, more: [lines(1)] }),
  refused('null_in_the_first_file', lines(null), late('x', 2, 'the first file'), { ...jsonl, more: [lines('s')] }),
  refused('key_of_a_later_file', list({ a: 1 }), late('x.b', 2, 'the first file'), { more: [list({ a: 1, b: 1 })] }),
  refused('number_then_text_in_files', lines(1), two('x', 'a number in the first file, text in row 2'), { ...jsonl, more: [lines('s')] }),
  refused('date_then_text_in_files', lines('2020-01-01'), two('x', 'a date in the first file, text in row 2'), {
    ...jsonl,
    more: [lines('s')],
  }),
  refused('text_then_list_in_files', lines('s'), two('x', 'text in the first file, a list in row 2'), { ...jsonl, more: [lines(['s'])] }),
  refused('csv_column_of_a_later_file', 'input,output\na,b\n', late('x', 2, 'the first file'), { ...table, more: [csv('c')] }),
  refused(
    'column_behind_10_MB',
    `${many(JSON.stringify({ input: 'é'.repeat(5000), output: 'b' }), 1060).join('\n')}\n${lines(1)}`,
    late('x', 1061, 'the first 10 MB'),
    jsonl,
  ),
  refused(
    'dates',
    texts('2020-01-01', '2021-12-31 10:00'),
    `error: data set words has dates alone in "text", which JSON lines make points in time instead of text: ${ENDS}; write the rows as one JSON list, in which they stay text`,
    { ...jsonl, ...completion },
  ),
  sound('no_dates', texts('2020-02-30', '2020-1-1'), { ...jsonl, ...completion }),
  sound('dates_in_list', JSON.stringify([{ text: '2020-01-01' }]), completion),
];
