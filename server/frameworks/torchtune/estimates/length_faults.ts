import type { DataFault, DataFinding } from '../../../model/data_set.ts';
import { at, numberAt, type Tree } from '../reading/config_tree.ts';
import { modelOf } from '../reading/read_config.ts';
import type { Dialect } from '../versions/dialect.ts';

const counted = ({ measured, bytes_a_token }: DataFinding['lengths']): string =>
  measured ? "counted with the model's tokenizer on a sample" : `estimated at ${bytes_a_token} bytes a token`;

/** Rows that are longer than a sample may be. */
export function lengthFaults(dialect: Dialect, tree: Tree, finding: DataFinding): DataFault[] {
  const { lengths, looked } = finding;
  const faults: DataFault[] = [];
  if (looked === 0) return faults;
  const limit = numberAt(tree, 'tokenizer.max_seq_len');
  const how = counted(lengths);
  if (limit === undefined) {
    const model = modelOf(dialect, tree);
    if (model !== undefined && lengths.longest > model.max_seq_len)
      faults.push({
        severity: 'warning',
        setting: 'max_seq_len',
        what: `the longest row has about ${lengths.longest} tokens (${how}), and the model takes ${model.max_seq_len}: the job would end with an error at that row`,
        fix: `set max_seq_len to at most ${model.max_seq_len}, which cuts such rows`,
      });
    return faults;
  }
  if (lengths.over > 0)
    faults.push({
      severity: 'warning',
      setting: 'max_seq_len',
      what: `about ${lengths.over} of ${looked} rows are longer than max_seq_len ${limit} and would be cut; the longest has about ${lengths.longest} tokens (${how})`,
      fix: `set max_seq_len to ${roomFor(lengths.longest)}, shorten the rows, or leave it if cut rows are wanted`,
    });
  if (lengths.asked_over > 0 && at(tree, 'dataset.train_on_input') !== true)
    faults.push({
      severity: 'warning',
      setting: 'max_seq_len',
      what: `in about ${lengths.asked_over} of ${looked} rows the prompt alone fills max_seq_len ${limit} (${how}): nothing is left to learn there, and a batch of such rows has the loss NaN`,
      fix: `set max_seq_len to ${roomFor(lengths.longest)}, or remove these rows`,
    });
  return faults;
}

/** The next round length that holds so many tokens. */
const roomFor = (tokens: number): number => 64 * Math.ceil((tokens * 1.1) / 64);
