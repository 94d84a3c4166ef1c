import { READERS } from '../keys/data_readers.ts';
import { isSet, type Judged, type Rule, stringOf, type Words } from './rule.ts';

/** Which readers of `datasets` take an argument; of the others it ends the job. */
const READERS_OF: Readonly<Record<string, readonly string[]>> = {
  field: ['json'],
  delimiter: ['csv'],
  column_names: ['csv'],
  encoding: ['json', 'csv', 'text'],
};

/** What `datasets` takes: percentages are whole and at most 100. */
const BOUND = String.raw`(?:-?(?:\d[\d_]*|(?:\d{1,2}|100)%))?`;
const SLICE = new RegExp(String.raw`^train(?:\[${BOUND}:${BOUND}\])?$`);

const TRAIN = /^train(?:\[.*\])?$/;
const isReadable = (split: string): boolean => split.split('+').every((part) => SLICE.test(part));

const isReader = (source: string): boolean => READERS.some((reader) => reader === source);

function unfitReader(config: Judged): Words | undefined {
  const source = stringOf(config, 'dataset.source');
  if (!isReader(source)) return undefined;
  for (const [argument, readers] of Object.entries(READERS_OF))
    if (isSet(config, `dataset.${argument}`) && !readers.includes(source)) return { argument, source, readers: readers.join(', ') };
  return undefined;
}

/** The splits of data sets that are files of no split of their own: `datasets` calls all of them "train". */
const splitsOfFiles = (config: Judged): string[] =>
  ['dataset', 'dataset_val']
    .filter((section) => isReader(stringOf(config, `${section}.source`)) && !isSet(config, `${section}.data_dir`))
    .filter((section) => ['string', 'undefined'].includes(typeof config.value(`${section}.data_files`)))
    .map((section) => stringOf(config, `${section}.split`))
    .filter((split) => split !== '');

function wrongSplit(config: Judged, isWrong: (split: string) => boolean): Words | undefined {
  const split = splitsOfFiles(config).find(isWrong);
  return split === undefined ? undefined : { split };
}

/** Files that `datasets` reads by their ending. */
export const DATA_FILE_RULES: readonly Rule[] = [
  {
    name: 'arguments-of-the-reader',
    why: 'What torchtune does not know goes on to the reader of the file.',
    torchtune: "`TypeError: JsonConfig.__init__() got an unexpected keyword argument 'delimiter'`",
    what: 'dataset.{argument} is nothing that the reader of {source} takes; it is for {readers}',
    fix: 'remove it',
    at: ['dataset.field', 'dataset.delimiter', 'dataset.column_names', 'dataset.encoding'],
    broken: unfitReader,
  },
  {
    name: 'split-of-a-file',
    why: 'A file has no parts with names.',
    torchtune: '`ValueError: Unknown split "test". Should be one of [\'train\'].`',
    what: 'a file has only the split "train", not "{split}"',
    fix: 'leave split empty and name the part of the file in field',
    at: ['dataset.split', 'dataset_val.split'],
    broken: (config) => wrongSplit(config, (split) => !TRAIN.test(split)),
  },
  {
    name: 'slice-of-a-file',
    why: 'Slices have a form of their own.',
    torchtune: '`ValueError: Unrecognized instruction format: train[3]`',
    what: 'the split "{split}" cannot be read by datasets',
    fix: 'write it as train[:1000], train[1000:] or train[10%:20%]',
    at: ['dataset.split', 'dataset_val.split'],
    broken: (config) => wrongSplit(config, (split) => TRAIN.test(split) && !isReadable(split)),
  },
];
