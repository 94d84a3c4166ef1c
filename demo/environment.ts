import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from './places.ts';
import { DemoStop } from './stop.ts';

/** A Python with the real torchtune. The script tells on stderr what it downloads, or what is missing and how to get it. */
export async function torchtunePython(): Promise<string> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'scripts', 'torchtune_env.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  let path = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    path += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  process.removeListener('SIGINT', forward).removeListener('SIGTERM', forward);
  if (code !== 0) throw new DemoStop('The demo stops here: it trains with the real torchtune, and there is no environment for it.');
  return path.trim();
}
