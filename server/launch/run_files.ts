import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { digest } from '../model/digest.ts';
import type { Change } from '../model/framework.ts';

/** The two files that a job is made of, as they are on this disk now; or, with `own`, those of one attempt alone. */
export interface RunFiles {
  run: string;
  config: string;
  script: string;
  config_sha256: string;
  script_sha256: string;
  own?: OwnFiles;
}

/** Why an attempt has files of its own, which differ from the plan's. */
export interface OwnFiles {
  /** The plan's files that they were made from. */
  plan_config_sha256: string;
  plan_script_sha256: string;
  changes: readonly Change[];
  /** How often memory was eased since the plan's config. */
  eased: number;
  /** The checkpoint that the attempt goes on from. */
  resumed_from?: string;
}

export const SCRIPT_FILE = 'finetune.slurm';

export function readRunFiles(dir: string, run: string, configFile: string): RunFiles {
  const config = readFileSync(join(dir, run, configFile), 'utf8');
  const script = readFileSync(join(dir, run, SCRIPT_FILE), 'utf8');
  return { run, config, script, config_sha256: digest(config), script_sha256: digest(script) };
}

/** Where an attempt's config and script lie in the experiment's folder: the plan's files, or the attempt's own beside them. */
export function placesOf({ run, own }: Pick<RunFiles, 'run' | 'own'>, attempt: number, configFile: string) {
  const folder = own === undefined ? run : posix.join(run, 'attempts', String(attempt));
  return { config: posix.join(folder, configFile), script: posix.join(folder, SCRIPT_FILE) };
}
