import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = (name: string): string => new URL(`../../scripts/slurm/${name}`, import.meta.url).pathname;

/** Brings up a development Slurm of our own for the cluster tests, unless RUNWRIGHT_LAB_DIR names one, and takes it down again. */
export default function setup(): (() => void) | undefined {
  if ((process.env.RUNWRIGHT_LAB_DIR ?? '') !== '') return undefined;
  const fault = cannotStart();
  if (fault !== undefined) {
    if (process.env.RUNWRIGHT_REQUIRE_CLUSTER === '1') throw new Error(`the cluster tests are required, but ${fault}`);
    process.stderr.write(`\nCLUSTER TESTS SKIPPED: ${fault}\n\n`);
    return undefined;
  }
  const dir = mkdtempSync(join(tmpdir(), 'runwright-slurm-'));
  takenDownWithUs(dir);
  execFileSync('bash', [script('up.sh'), dir], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, BASE_PORT: process.env.BASE_PORT ?? '16800' },
  });
  process.env.RUNWRIGHT_LAB_DIR = dir;
  return () => {
    execFileSync('bash', [script('down.sh'), dir, '--wipe'], { stdio: ['ignore', 'ignore', 'inherit'] });
  };
}

/** In a session of its own, which neither Ctrl-C nor a kill of the tests reaches. down.sh does nothing where it was done. */
function takenDownWithUs(dir: string): void {
  const words = ['-c', 'tail --pid="$1" -f /dev/null; bash "$2" "$3" --wipe', 'down', String(process.pid), script('down.sh'), dir];
  spawn('bash', words, { detached: true, stdio: 'ignore' }).unref();
}

function cannotStart(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a development Slurm needs Linux and root';
  const missing = ['slurmctld', 'slurmd', 'slurmdbd', 'munged', 'mariadbd', 'sshd'].filter((name) => !existsSync(`/usr/sbin/${name}`));
  return missing.length === 0 ? undefined : `${missing.join(', ')} are not installed: run scripts/slurm/install.sh`;
}
