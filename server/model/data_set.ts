/** What a config reads for its training, so that it can be looked at where it lies. */
export interface DataNeed {
  /** Absolute paths or globs on the cluster; empty with `hub`. */
  files: readonly string[];
  /** The one path is no file of a known ending but should be a folder, in which the job finds its files itself. */
  folder?: boolean;
  /** A name that the job looks up on a hub. */
  hub?: string;
  reader: 'json' | 'csv' | 'text' | 'parquet';
  delimiter?: string;
  /** The key under which the rows stand. */
  field?: string;
  split?: string;
  /** Columns that must hold text, those that may, and those that must hold a conversation. */
  texts: readonly string[];
  optional: readonly string[];
  /** Those of `texts` that are put into a prompt whatever they hold. */
  anything?: readonly string[];
  /** A row without text is one of no tokens. */
  null_is_empty?: boolean;
  /** Text without messages around it. */
  plain?: boolean;
  conversations: readonly string[];
  style?: 'openai' | 'sharegpt';
  /** The roles of messages that the tokenizer has a place for; without it, all. */
  roles?: readonly string[];
  /** Columns of which each makes a sample of its own with the others: a better and a worse answer. The longer one counts. */
  either?: readonly string[];
  /** The column that is learnt: what stands before it is the prompt. */
  answer?: string;
  /** Bytes that are put around every row: system prompt and prompt. */
  extra_bytes: number;
  /** Tokens after which a row is cut. */
  max_tokens?: number;
  batch: number;
  /** Packed rows may be cut in two. */
  split_across: boolean;
  /** Where the model's tokenizer lies. */
  tokenizer_dir?: string;
}

export interface RowFault {
  kind: 'missing' | 'null' | 'not_text' | 'empty' | 'conversation' | 'types' | 'late' | 'dates';
  column: string;
  rows: number;
  /** The first row that has it, from 1. */
  first: number;
  why: string;
}

/** What was found of one need. Where it could not be read, only the reason. */
export interface DataFinding {
  missing?: readonly string[] | undefined;
  broken?: string | undefined;
  not_checked?: string | undefined;
  /** The rows stand under one of these keys, and the need names none of them. */
  fields?: readonly string[] | undefined;
  /** Rows of the split; null when it is not known how many it takes. */
  rows: number | null;
  /** Rows that were looked at. */
  looked: number;
  /** The file is longer than what was looked at, and `rows` is an estimate. */
  partial?: boolean | undefined;
  columns: readonly string[];
  faults: readonly RowFault[];
  /** In tokens, over the rows that were looked at. */
  lengths: {
    bytes_a_token: number;
    /** By the model's own tokenizer, not by an assumed share. */
    measured: boolean;
    mean_tokens: number;
    longest: number;
    /** Rows longer than max_tokens, and those whose prompt alone is. */
    over: number;
    asked_over: number;
    /** Share of padding, unpacked and packed. */
    padding: number;
    packs: number;
    packed_padding: number;
  };
}

/** Something that a training would do wrong with the data that was found. */
export interface DataFault {
  severity: 'error' | 'warning';
  /** The setting to point at in the plan; without one, the run's row. */
  setting?: string;
  what: string;
  fix: string;
}

export interface DataJudgement {
  faults: readonly DataFault[];
  /** Optimizer steps of an epoch and of the whole run. */
  steps_per_epoch?: number;
  steps?: number;
  /** Tokens of an epoch, padding left out. */
  tokens_per_epoch?: number;
  /** In a sentence: what packing does here, or would do, or why it cannot. */
  packing?: string;
}
