import type { DataNeed } from '../../../model/data_set.ts';

/** What `datasets.load_dataset` reads files with; any other source is a folder or a name on a hub. */
export const READERS: readonly DataNeed['reader'][] = ['json', 'csv', 'parquet', 'text'];
