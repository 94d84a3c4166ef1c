import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '../model/digest.ts';

/** The two files that a job is made of, as they are on this disk now. */
export interface RunFiles {
  run: string;
  config: string;
  script: string;
  config_sha256: string;
  script_sha256: string;
}

export const SCRIPT_FILE = 'finetune.slurm';

export function readRunFiles(dir: string, run: string, configFile: string): RunFiles {
  const config = readFileSync(join(dir, run, configFile), 'utf8');
  const script = readFileSync(join(dir, run, SCRIPT_FILE), 'utf8');
  return { run, config, script, config_sha256: digest(config), script_sha256: digest(script) };
}
