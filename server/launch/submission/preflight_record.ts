import { join } from 'node:path';
import { digest } from '../../model/digest.ts';
import { makeFolder, readTextIfThere, writeText } from '../../model/files.ts';
import { UserError } from '../../model/problem.ts';
import type { OwnFiles, RunFiles } from '../run_files.ts';

/** What a preflight showed: exactly these attempts of exactly these files on exactly this cluster. */
export interface PreflightRecord {
  cluster: string;
  cluster_sha256: string;
  /** The experiment's folder on the cluster: in another place the locks and receipts of earlier tries are not found. */
  cluster_dir: string;
  items: PreflightItem[];
}

export interface PreflightItem {
  run: string;
  attempt: number;
  config_sha256: string;
  script_sha256: string;
  /** Of an attempt that differs from the plan: its files, word for word. Nothing is written before the launch. */
  own?: OwnFiles & { config: string; script: string };
}

export const preflightItem = ({ run, config, script, config_sha256, script_sha256, own }: RunFiles, attempt: number): PreflightItem => ({
  run,
  attempt,
  config_sha256,
  script_sha256,
  ...(own === undefined ? {} : { own: { ...own, config, script } }),
});

/** The id is the content's own digest, so it cannot stand for anything else. */
export const preflightId = (record: PreflightRecord): string => digest(JSON.stringify(record)).slice(0, 16);

const pathOf = (experimentDir: string, id: string): string => join(experimentDir, '.runwright', 'preflights', `${id}.json`);

export function savePreflight(experimentDir: string, record: PreflightRecord): string {
  const id = preflightId(record);
  makeFolder(join(experimentDir, '.runwright', 'preflights'));
  writeText(pathOf(experimentDir, id), `${JSON.stringify(record)}\n`);
  return id;
}

export function loadPreflight(experimentDir: string, id: string): PreflightRecord {
  const text = /^[0-9a-f]{16}$/.test(id) ? readTextIfThere(pathOf(experimentDir, id)) : undefined;
  const record = text === undefined ? undefined : parsed(text);
  if (record === undefined || preflightId(record) !== id) {
    throw new UserError(
      `no preflight of this experiment has the id "${id}"; run \`preflight_runs\` and pass the preflight_id that it gives; nothing was submitted`,
    );
  }
  return record;
}

/** The digest tells whether it is whole; damage that is no JSON at all must not get further either. */
function parsed(text: string): PreflightRecord | undefined {
  try {
    return JSON.parse(text) as PreflightRecord;
  } catch {
    return undefined;
  }
}
