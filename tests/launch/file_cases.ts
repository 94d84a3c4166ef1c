import { gzipSync } from 'node:zlib';
import type { DataCase } from './data_cases.ts';

/** How a file is laid out: what its reader takes as a whole, and at what it ends. */

const FILE = 'mend the file, or mend its path under "## Datasets" in runs_plan.md';
const list = JSON.stringify(Array.from({ length: 3 }, (_, index) => ({ input: `word${index}`, output: `WORD${index}` })));
const lines = (JSON.parse(list) as unknown[]).map((row) => JSON.stringify(row)).join('\n');
const under = (key: string): string => `{"${key}": ${list}}`;
const BOM = '\ufeff';

const sound = (name: string, text: DataCase['text'], more: Partial<DataCase> = {}): DataCase => ({
  name,
  text,
  says: [],
  refused: false,
  ...more,
});
const refused = (name: string, text: string, says: string, more: Partial<DataCase> = {}): DataCase => ({
  name,
  text,
  says: [
    `error: data set words cannot be read as ${more.ending === 'csv' ? 'CSV' : 'JSON'}: DIR/${name}.${more.ending ?? 'json'}: ${says}; ${FILE}`,
  ],
  refused: true,
  ...more,
});
const MARK = 'it begins with a byte order mark (BOM), with which `datasets` reads JSON lines alone; save it as UTF-8 without one';
const MORE = 'there is more, and `datasets` reads one value alone';
const NEVER = 'a quote is opened and never closed';
const field = { dataset: { field: 'train' } };
const completion = { dataset: { format: 'completion' } };
const table = { ending: 'csv' };

export const FILE_CASES: readonly DataCase[] = [
  sound('lines_with_mark', BOM + lines, { ending: 'jsonl' }),
  refused('list_with_mark', BOM + list, MARK),
  refused('field_with_mark', BOM + under('train'), MARK, field),
  refused('text_after_list', `${list}\nx`, `after the list: ${MORE}`),
  refused('row_after_list', `${list}\n{"input":"a","output":"b"}`, `after the list: ${MORE}`),
  refused('cut_behind_field', `{"train": ${list}, "test": [{"inp`, 'row 1: Unterminated string starting at', field),
  refused('second_object', `${under('train')}\n${under('train')}`, `after the object: ${MORE}`, field),
  refused('lines_of_texts', '"a"\n"b"', 'row 1: it is no object with columns', { ending: 'jsonl', ...completion }),
  sound('list_of_texts', '["a", "b"]', completion),
  sound('line_break_in_a_text', '[{"input": "a\nb", "output": "c"}]'),
  sound('field_of_columns', '{"train": {"input": ["a", "b"], "output": ["c", "d"], "n": 1}}', field),
  sound('field_of_numbered_columns', '{"train": {"input": {"0": "a", "1": "b"}, "output": {"0": "c", "1": "d"}}}', field),
  refused(
    'field_of_uneven_columns',
    '{"train": {"input": ["a", "b"], "output": ["c"]}}',
    'field train has columns of different lengths',
    field,
  ),
  refused('field_of_one_row', '{"train": {"input": "a", "output": "b"}}', 'field train is no list', field),
  refused('folder', '', 'it is a folder, and `datasets` reads files alone; DIR/folder.jsonl/* names all that are in it', {
    ending: 'jsonl',
  }),
  sound('empty_among_others', '', { ending: 'jsonl', more: [lines] }),
  {
    name: 'of_no_known_ending',
    text: lines,
    ending: 'dat',
    says: [
      'error: data set words cannot be read: DIR/of_no_known_ending.dat: it is a file, and its ending names no format; put the rows into a file whose ending tells its format (json, jsonl, csv, tsv, parquet or txt), and mend its path under "## Datasets" in runs_plan.md',
    ],
    refused: true,
  },
  {
    name: 'no_folder',
    text: '',
    ending: 'data',
    says: [
      'error: data set words is not there: DIR/no_folder.data does not exist; put it there, or mend its path under "## Datasets" in runs_plan.md',
    ],
    refused: true,
  },
  {
    name: 'empty_folder',
    text: '',
    ending: 'd',
    says: [
      'error: data set words cannot be read: DIR/empty_folder.d: it is a folder without anything in it; put the rows into a file whose ending tells its format (json, jsonl, csv, tsv, parquet or txt), and mend its path under "## Datasets" in runs_plan.md',
    ],
    refused: true,
  },
  sound('packed_without_ending', gzipSync(lines), { ending: 'jsonl' }),
  refused('open_quote', 'input,output\na,b\nc,"d\ne,f\n', `line 3: ${NEVER}`, table),
  refused('open_quote_at_the_end', 'input,output\na,b\nc,"d', `line 3: ${NEVER}`, table),
  refused('lone_quote_at_the_end', 'input,output\na,b\n"', `line 3: ${NEVER}`, table),
  sound('quotes', 'input,output\na,b "q" c\nb,"c"d\nc,"d\n\ne"\n', table),
  sound('lines_of_spaces', 'input,output\n  \na,b\n \t \nc,d\n', table),
  sound('lone_returns', 'input,output\ra,b\rc,d\r', table),
  sound('lone_return_in_text', 'a\rb\nc\r\n', { ending: 'txt', ...completion }),
];
