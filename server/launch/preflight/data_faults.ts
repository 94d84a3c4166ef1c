import type { DataFault, DataFinding, DataNeed, RowFault } from '../../model/data_set.ts';
import { didYouMean } from '../../model/nearest.ts';

const READER_NAMES = { json: 'JSON', csv: 'CSV', text: 'text', parquet: 'Parquet' } as const;
const MEND_FILE = 'mend the file, or mend its path under "## Datasets" in runs_plan.md';

/** Names of columns and keys come out of a file of anybody's. */
const shown = (name: string): string => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}...` : name);
const list = (names: readonly string[]): string => names.slice(0, 12).map(shown).join(', ') + (names.length > 12 ? ', ...' : '');

const error = (what: string, fix: string): DataFault => ({ severity: 'error', what, fix });
const warning = (what: string, fix: string): DataFault => ({ severity: 'warning', what, fix });

/** What is wrong with one data set, whatever trains on it. `already` are paths that were told to be missing before. */
export function dataFaults(name: string, need: DataNeed, finding: DataFinding, already: ReadonlySet<string>): DataFault[] {
  if (finding.missing !== undefined)
    return finding.missing
      .filter((path) => !already.has(path))
      .map((path) =>
        error(
          `data set ${name} is not there: ${path} does not exist`,
          'put it there, or mend its path under "## Datasets" in runs_plan.md',
        ),
      );
  if (finding.not_checked !== undefined)
    return [warning(`data set ${name} was not checked: ${finding.not_checked}`, 'look at it yourself')];
  if (finding.broken !== undefined && need.folder === true)
    return [
      error(
        `data set ${name} cannot be read: ${finding.broken}`,
        `put the rows into a file whose ending tells its format (json, jsonl, csv, tsv, parquet or txt), and mend its path under "## Datasets" in runs_plan.md`,
      ),
    ];
  if (finding.broken !== undefined)
    return [error(`data set ${name} cannot be read as ${READER_NAMES[need.reader]}: ${finding.broken}`, MEND_FILE)];
  if (finding.fields !== undefined) return [fieldFault(name, need, finding.fields)];
  if (finding.looked === 0 || finding.rows === 0)
    return [error(`data set ${name} has no rows${need.split === undefined ? '' : ` in its split ${need.split}`}`, MEND_FILE)];
  const absent = finding.faults.filter(({ kind, rows }) => kind === 'missing' && rows === finding.looked).map(({ column }) => column);
  const others = finding.faults.filter(({ column }) => !absent.includes(column));
  return [
    ...(absent.length > 0 ? [columnFault(name, need, absent, finding.columns)] : []),
    ...others.map((fault) => rowFault(name, need, finding, fault)),
  ];
}

function columnFault(name: string, need: DataNeed, absent: readonly string[], columns: readonly string[]): DataFault {
  const meant = absent.map((column) => didYouMean(column, columns)).find((guess) => guess.startsWith('did you mean'));
  return error(
    `data set ${name} has no column ${absent.map(shown).join(', ')}; it has ${list(columns)}`,
    `${meant === undefined ? 'n' : `${meant} N`}ame its columns in ${need.either === undefined ? 'input_column and output_column' : 'chosen_column and rejected_column'} under "## Datasets", or use another format`,
  );
}

function fieldFault(name: string, need: DataNeed, fields: readonly string[]): DataFault {
  if (need.field === undefined)
    return error(
      `data set ${name} has its rows under ${list(fields)}, and no field names one: it would be read as a single row, and nothing trained`,
      `set field to ${shown(fields.includes('train') ? 'train' : (fields[0] ?? ''))} in its row under "## Datasets"`,
    );
  return error(
    `data set ${name} has no field ${shown(need.field)}; it has ${list(fields)}`,
    `${didYouMean(need.field, fields)} Mend field under "## Datasets"`,
  );
}

function rowFault(name: string, need: DataNeed, { looked }: DataFinding, { kind, column, rows, first, why }: RowFault): DataFault {
  const where = rows === looked ? 'in every row' : `in ${rows} of ${looked} rows, first in row ${first}`;
  const ends = 'the job would end with an error there';
  const none = kind === 'missing' || kind === 'null';
  if (none && need.anything?.includes(column) === true)
    return warning(
      `data set ${name} has no value in ${shown(column)} ${where}: the prompt there would say "None"`,
      'fill it in, or remove these rows',
    );
  if (none && need.null_is_empty === true)
    return warning(`data set ${name} has no text in ${shown(column)} ${where}`, 'remove these rows, or leave it if that is meant');
  switch (kind) {
    case 'missing':
      return error(`data set ${name} has no ${shown(column)} ${where}: ${ends}`, 'mend or remove these rows');
    case 'null': {
      const csv = need.reader === 'csv' ? ' (an empty field, NA, null, None and the like are read as no value)' : '';
      return error(`data set ${name} has no value in ${shown(column)} ${where}${csv}: ${ends}`, 'mend or remove these rows');
    }
    case 'not_text':
      return error(
        `data set ${name} has ${why} instead of text in ${shown(column)} ${where}: ${ends}`,
        need.reader === 'csv' ? 'write the data as JSON lines, where "42" is text' : 'write these values as text, in quotes',
      );
    case 'types':
      return error(
        `data set ${name} has values of two kinds in ${shown(column)} (${why}): a column holds one kind, and ${ends}, whether or not it is used`,
        'write one kind of value in it, or leave it out',
      );
    case 'late':
      return error(
        `data set ${name} has the first value of ${shown(column)} in row ${first}, behind ${why}, from which columns and their kinds are taken: ${ends}`,
        'move a row that has it to the front, or leave it out',
      );
    case 'dates':
      return error(
        `data set ${name} has dates alone in ${shown(column)}, which JSON lines make points in time instead of text: ${ends}`,
        'write the rows as one JSON list, in which they stay text',
      );
    case 'empty':
      return warning(`data set ${name} has an empty text in ${shown(column)} ${where}`, 'remove these rows, or leave it if that is meant');
    case 'conversation':
      return error(
        `data set ${name} has no sound conversation in ${shown(column)} ${where} (row ${first}: ${why})`,
        'mend or remove these rows',
      );
  }
}
