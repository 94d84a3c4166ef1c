import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cells } from '../frameworks/example_plan.ts';
import { FILE_CASES } from './file_cases.ts';
import { KIND_CASES } from './kind_cases.ts';

/** A data set, how the plan names it, and what is said of it; `refused` when torchtune itself ends with an error on it. */
export interface DataCase {
  name: string;
  text: string | Uint8Array;
  /** More files of the same data set, which the plan then names by a pattern. */
  more?: string[];
  ending?: string;
  cells?: Cells;
  dataset?: Record<string, string>;
  says: string[];
  refused: boolean;
}

const rows = (...list: unknown[]): string => JSON.stringify(list);
const words = (count: number): { input: string; output: string }[] =>
  Array.from({ length: count }, (_, index) => ({ input: `word${index}`, output: `WORD${index}` }));
const many = rows(...words(8));
const talk = (...turns: [string, unknown][]): string =>
  rows(...Array(4).fill({ messages: turns.map(([role, content]) => ({ role, content })) }));
const shared = (...turns: [string, unknown][]): string =>
  rows(...Array(4).fill({ conversations: turns.map(([from, value]) => ({ from, value })) }));
const answered = (answer: string | null) => [
  { role: 'user', content: 'a' },
  { role: 'assistant', content: answer },
];
const pairs = { format: 'preference' };
const chat = { format: 'chat' };
const mistral = { ...chat, prompt_template: 'torchtune.models.mistral.MistralChatTemplate' };
const ENDS = 'the job would end with an error there';
const ROWS = 'mend or remove these rows';
const FILE = 'mend the file, or mend its path under "## Datasets" in runs_plan.md';
const csv = (...lines: string[]): string => `${lines.join('\n')}\n`;

const sound: DataCase[] = [
  { name: 'list', text: many, says: [], refused: false },
  { name: 'pretty', text: JSON.stringify(words(8), null, 2), says: [], refused: false },
  {
    name: 'lines',
    text: words(8)
      .map((row) => JSON.stringify(row))
      .join('\n\n'),
    ending: 'jsonl',
    says: [],
    refused: false,
  },
  { name: 'field', text: JSON.stringify({ note: [1], train: words(8), test: [] }), dataset: { field: 'train' }, says: [], refused: false },
  { name: 'csv', text: csv('input,output', 'a,"b ""quoted"",\nc"', 'b,1', 'c,2', 'd,x'), ending: 'csv', says: [], refused: false },
  { name: 'tsv', text: csv('input\toutput', 'a\tb', 'b\tc', 'c\td', 'd\te'), ending: 'tsv', says: [], refused: false },
  { name: 'bom', text: csv('\ufeffinput,output', 'a,b', 'b,c', 'c,d', 'd,e'), ending: 'csv', says: [], refused: false },
  {
    name: 'columns',
    text: rows(...Array(4).fill({ q: 'a', a: 'b' })),
    dataset: { input_column: 'q', output_column: 'a' },
    says: [],
    refused: false,
  },
  {
    name: 'alpaca',
    text: rows(...Array(4).fill({ instruction: 'a', input: null, output: 'b' })),
    dataset: { format: 'alpaca' },
    says: [],
    refused: false,
  },
  {
    name: 'alpaca_of_anything',
    text: rows(...Array(4).fill({ instruction: 3, input: [1], output: 'b' })),
    dataset: { format: 'alpaca' },
    says: [],
    refused: false,
  },
  {
    name: 'alpaca_numbers',
    text: csv('instruction,input,output', '1,2,a', '2,3,b', '3,4,c', '4,5,d'),
    ending: 'csv',
    dataset: { format: 'alpaca' },
    says: [],
    refused: false,
  },
  {
    name: 'alpaca_without_instruction',
    text: rows({ instruction: 'a', output: 'b' }, { instruction: null, output: 'b' }, { input: 'a', output: 'b' }),
    dataset: { format: 'alpaca' },
    says: ['2', '3'].map(
      (row) =>
        `warning: data set words has no value in "instruction" in 1 of 3 rows, first in row ${row}: the prompt there would say "None"; fill it in, or remove these rows`,
    ),
    refused: false,
  },
  {
    name: 'completion_without_text',
    text: rows({ text: 'a' }, { text: null }, { other: 'b' }),
    dataset: { format: 'completion' },
    says: ['2', '3'].map(
      (row) =>
        `warning: data set words has no text in "text" in 1 of 3 rows, first in row ${row}; remove these rows, or leave it if that is meant`,
    ),
    refused: false,
  },
  {
    name: 'csv_without_text',
    text: csv('text,n', 'a,1', ',2', 'NA,3'),
    ending: 'csv',
    dataset: { format: 'completion' },
    says: ['warning: data set words has no text in "text" in 2 of 3 rows, first in row 2; remove these rows, or leave it if that is meant'],
    refused: false,
  },
  {
    name: 'completion',
    text: 'a\n\nb\nc\n',
    ending: 'txt',
    dataset: { format: 'completion' },
    says: [
      'warning: data set words has an empty text in "text" in 1 of 4 rows, first in row 2; remove these rows, or leave it if that is meant',
    ],
    refused: false,
  },
  { name: 'chat', text: talk(['system', 's'], ['user', 'a'], ['assistant', 'b'], ['user', 'c']), dataset: chat, says: [], refused: false },
  {
    name: 'sharegpt',
    text: shared(['human', 'a'], ['gpt', 'b']),
    dataset: { ...chat, input_column: 'conversations' },
    says: [],
    refused: false,
  },
  { name: 'mistral', text: talk(['user', 'a'], ['assistant', 'b']), dataset: mistral, says: [], refused: false },
  {
    name: 'parts',
    text: talk(['user', [{ type: 'text', text: 'a' }]], ['assistant', [{ type: 'text', text: 'b' }]]),
    dataset: chat,
    says: [],
    refused: false,
  },
  {
    name: 'pairs',
    text: rows(...Array(4).fill({ chosen: answered('b'), rejected: answered('c') })),
    dataset: pairs,
    says: [],
    refused: false,
  },
  {
    name: 'pairs_of_talks',
    text: rows(...Array(4).fill({ good: [...answered('b'), ...answered('c')].slice(1), bad: answered('c') })),
    dataset: { ...pairs, chosen_column: 'good', rejected_column: 'bad' },
    says: [],
    refused: false,
  },
  {
    name: 'paired',
    text: rows(...Array(4).fill({ question: 'a', response_j: 'b', response_k: 'c' })),
    dataset: { format: 'torchtune.datasets.stack_exchange_paired_dataset' },
    says: [],
    refused: false,
  },
  {
    name: 'empty_text',
    text: rows(...words(3), { input: 'a', output: '' }),
    says: [
      'warning: data set words has an empty text in "output" in 1 of 4 rows, first in row 4; remove these rows, or leave it if that is meant',
    ],
    refused: false,
  },
];

const broken: DataCase[] = [
  {
    name: 'no_file',
    text: '',
    says: [
      'error: data set words is not there: DIR/no_file.json does not exist; put it there, or mend its path under "## Datasets" in runs_plan.md',
    ],
    refused: true,
  },
  {
    name: 'empty_file',
    text: '',
    says: [`error: data set words cannot be read as JSON: DIR/empty_file.json: it is empty; ${FILE}`],
    refused: true,
  },
  { name: 'empty_list', text: '[]', says: [`error: data set words has no rows in its split train; ${FILE}`], refused: true },
  {
    name: 'trailing_comma',
    text: `[${JSON.stringify(words(1)[0])},]`,
    says: [`error: data set words cannot be read as JSON: DIR/trailing_comma.json: row 2: Expecting value; ${FILE}`],
    refused: true,
  },
  {
    name: 'cut_off',
    text: many.slice(0, -20),
    says: [`error: data set words cannot be read as JSON: DIR/cut_off.json: row 8: Unterminated string starting at; ${FILE}`],
    refused: true,
  },
  {
    name: 'not_utf8',
    text: '[{"input":"\xff',
    says: [`error: data set words cannot be read as JSON: DIR/not_utf8.json: it is not UTF-8; ${FILE}`],
    refused: true,
  },
  {
    name: 'nested',
    text: JSON.stringify({ train: words(5), validation: [] }),
    says: [
      'error: data set words has its rows under "train", and no field names one: it would be read as a single row, and nothing trained; set field to "train" in its row under "## Datasets"',
    ],
    refused: true,
  },
  {
    name: 'field_typo',
    text: JSON.stringify({ train: words(5) }),
    dataset: { field: 'trian' },
    says: ['error: data set words has no field "trian"; it has "train"; did you mean "train"? Mend field under "## Datasets"'],
    refused: true,
  },
  {
    name: 'field_of_list',
    text: many,
    dataset: { field: 'train' },
    says: [`error: data set words cannot be read as JSON: DIR/field_of_list.json: it is a list, so it has no field; ${FILE}`],
    refused: true,
  },
  {
    name: 'column_typo',
    text: rows(...Array(4).fill({ inputs: 'a', answer: 'b' })),
    says: [
      'error: data set words has no column "input", "output"; it has "inputs", "answer"; did you mean "inputs"? Name its columns in input_column and output_column under "## Datasets", or use another format',
    ],
    refused: true,
  },
  {
    name: 'missing_in_one',
    text: rows(...words(3), { input: 'a' }),
    says: [`error: data set words has no "output" in 1 of 4 rows, first in row 4: ${ENDS}; ${ROWS}`],
    refused: true,
  },
  {
    name: 'null',
    text: rows(...words(2), { input: null, output: 'a' }, { input: null, output: 'a' }),
    says: [`error: data set words has no value in "input" in 2 of 4 rows, first in row 3: ${ENDS}; ${ROWS}`],
    refused: true,
  },
  {
    name: 'numbers',
    text: rows(...Array.from({ length: 4 }, (_, index) => ({ input: `${index}`, output: index }))),
    says: [`error: data set words has int instead of text in "output" in every row: ${ENDS}; write these values as text, in quotes`],
    refused: true,
  },
  {
    name: 'csv_numbers',
    text: csv('input,output', 'a,1', 'b,2', 'c,3', 'd,4'),
    ending: 'csv',
    says: [
      `error: data set words has numbers alone instead of text in "output" in every row: ${ENDS}; write the data as JSON lines, where "42" is text`,
    ],
    refused: true,
  },
  {
    name: 'csv_na',
    text: csv('input,output', 'a,NA', 'b,', 'c,yes', 'd,no'),
    ending: 'csv',
    says: [
      `error: data set words has no value in "output" in 2 of 4 rows, first in row 1 (an empty field, NA, null, None and the like are read as no value): ${ENDS}; ${ROWS}`,
    ],
    refused: true,
  },
  ...['null', 'absent'].map(
    (name): DataCase => ({
      name: `alpaca_output_${name}`,
      text: rows(...words(3).map(({ input, output }) => ({ instruction: input, output })), {
        instruction: 'a',
        ...(name === 'null' && { output: null }),
      }),
      dataset: { format: 'alpaca' },
      says: [`error: data set words has no ${name === 'null' ? 'value in ' : ''}"output" in 1 of 4 rows, first in row 4: ${ENDS}; ${ROWS}`],
      refused: true,
    }),
  ),
  {
    name: 'csv_ragged',
    text: csv('input,output', 'a,b', 'a,b,c'),
    ending: 'csv',
    says: [`error: data set words cannot be read as CSV: DIR/csv_ragged.csv: line 3 has 3 fields, the header has 2; ${FILE}`],
    refused: true,
  },
  {
    name: 'one_message',
    text: talk(['user', 'a']),
    dataset: chat,
    says: [
      `error: data set words has no sound conversation in "messages" in every row (row 1: a conversation needs two messages); ${ROWS}`,
    ],
    refused: true,
  },
  {
    name: 'two_users',
    text: talk(['user', 'a'], ['user', 'b'], ['assistant', 'c']),
    dataset: chat,
    says: [
      `error: data set words has no sound conversation in "messages" in every row (row 1: two messages of the user in a row); ${ROWS}`,
    ],
    refused: true,
  },
  {
    name: 'answer_first',
    text: talk(['assistant', 'a'], ['user', 'b']),
    dataset: chat,
    says: [`error: data set words has no sound conversation in "messages" in every row (row 1: an answer before a question); ${ROWS}`],
    refused: true,
  },
  {
    name: 'answer_after_tool',
    text: talk(['user', 'a'], ['assistant', 'b'], ['tool', 'c'], ['assistant', 'd']),
    dataset: chat,
    says: [
      `error: data set words has no sound conversation in "messages" in every row (row 1: an answer after a message of tool, and torchtune takes one only after the user's); ${ROWS}`,
    ],
    refused: true,
  },
  {
    name: 'late_system',
    text: talk(['user', 'a'], ['assistant', 'b'], ['system', 'c']),
    dataset: chat,
    says: [
      `error: data set words has no sound conversation in "messages" in every row (row 1: a system message that is not the first); ${ROWS}`,
    ],
    refused: true,
  },
  {
    name: 'null_message',
    text: talk(['user', null], ['assistant', 'b']),
    dataset: chat,
    says: [`error: data set words has no sound conversation in "messages" in every row (row 1: a message whose content is null); ${ROWS}`],
    refused: true,
  },
  {
    name: 'mistral_system',
    text: talk(['system', 's'], ['user', 'a'], ['assistant', 'b']),
    dataset: mistral,
    says: [
      `error: data set words has no sound conversation in "messages" in every row (row 1: a message of system, for which the tokenizer's template has no place (it takes user, assistant, ipython)); ${ROWS}`,
    ],
    refused: true,
  },
  {
    name: 'numbers_for_messages',
    text: talk(['user', 3], ['assistant', 4]),
    dataset: chat,
    says: [
      `error: data set words has no sound conversation in "messages" in every row (row 1: a message whose content is a number instead of text); ${ROWS}`,
    ],
    refused: true,
  },
  {
    name: 'parts_of_another_shape',
    text: talk(['user', [{ type: 'text', content: 'a' }]], ['assistant', [{ type: 'text', content: 'b' }]]),
    dataset: chat,
    says: [
      `error: data set words has no sound conversation in "messages" in every row (row 1: a message whose content is a list with a part that is not {"type": "text", "text": ...}); ${ROWS}`,
    ],
    refused: true,
  },
  {
    name: 'shared_numbers',
    text: shared(['human', 1], ['gpt', 2]),
    dataset: { ...chat, input_column: 'conversations' },
    says: [
      `error: data set words has no sound conversation in "conversations" in every row (row 1: a message whose value is a number instead of text); ${ROWS}`,
    ],
    refused: true,
  },
  {
    name: 'pairs_elsewhere',
    text: rows(...Array(4).fill({ chosen_answer: answered('b'), rejected: answered('c') })),
    dataset: pairs,
    says: [
      'error: data set words has no column "chosen"; it has "chosen_answer", "rejected"; name its columns in chosen_column and rejected_column under "## Datasets", or use another format',
    ],
    refused: true,
  },
  {
    name: 'pairs_of_texts',
    text: rows(...Array(4).fill({ chosen: 'b', rejected: 'c' })),
    dataset: pairs,
    says: ['chosen', 'rejected'].map(
      (column) => `error: data set words has no sound conversation in "${column}" in every row (row 1: it is no list of messages); ${ROWS}`,
    ),
    refused: true,
  },
  {
    name: 'pairs_without_answer',
    text: rows(...Array(4).fill({ chosen: answered(null), rejected: answered('c') })),
    dataset: pairs,
    says: [`error: data set words has no sound conversation in "chosen" in every row (row 1: a message whose content is null); ${ROWS}`],
    refused: true,
  },
  {
    name: 'wrong_style',
    text: shared(['human', 'a'], ['gpt', 'b']),
    dataset: chat,
    says: [
      'error: data set words has no column "messages"; it has "conversations"; name its columns in input_column and output_column under "## Datasets", or use another format',
    ],
    refused: true,
  },
  {
    name: 'wrong_speaker',
    text: shared(['user', 'a'], ['assistant', 'b']),
    dataset: { ...chat, input_column: 'conversations' },
    says: [
      `error: data set words has no sound conversation in "conversations" in every row (row 1: user is no speaker of sharegpt (system, human, gpt)); ${ROWS}`,
    ],
    refused: true,
  },
];

/** torchtune takes these without a word, and trains nothing or what nobody meant. */
const silent: DataCase[] = [
  {
    name: 'nothing_to_learn',
    text: talk(['human', 'a'], ['gpt', 'b']),
    dataset: chat,
    says: [
      `error: data set words has no sound conversation in "messages" in every row (row 1: no message of the assistant, so nothing to learn from); ${ROWS}`,
    ],
    refused: false,
  },
];

export const DATA_CASES: readonly DataCase[] = [...sound, ...broken, ...silent, ...KIND_CASES, ...FILE_CASES];

const partOf = (dir: string, { name, ending = 'json' }: DataCase, part = ''): string => join(dir, `${name}${part}.${ending}`);
export const pathOf = (dir: string, one: DataCase): string => partOf(dir, one, one.more === undefined ? '' : '-*');

export function writeDataCases(dir: string): void {
  mkdirSync(dir, { recursive: true });
  for (const one of DATA_CASES) {
    if (one.name === 'no_file' || one.name === 'no_folder') continue;
    if (one.name.endsWith('folder')) mkdirSync(partOf(dir, one));
    else
      for (const [index, text] of [one.text, ...(one.more ?? [])].entries())
        writeFileSync(partOf(dir, one, one.more && `-${index}`), text, one.name === 'not_utf8' ? 'latin1' : 'utf8');
  }
}
