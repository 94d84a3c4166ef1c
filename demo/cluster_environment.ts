import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DemoStop } from './stop.ts';

const SYSTEM_PYTHONS = ['/usr/bin/python3', '/usr/local/bin/python3', '/opt/python/bin/python3'];
const MINOR = 'import sys; print("%d.%d" % sys.version_info[:2])';

/** What `python -c code` prints, as another user when one is named; undefined when it fails. */
function ask(python: string, code: string, user?: string): string | undefined {
  const words = [python, '-c', code];
  const [command = '', ...rest] = user === undefined ? words : ['runuser', '-u', user, '--', ...words];
  const answer = spawnSync(command, rest, { encoding: 'utf8', cwd: '/' });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

/**
 * A Python with torchtune that `user` may run. An environment under root's home is closed to others, and so is a Python
 * there: then the packages are linked (or copied) into an environment of the system's Python at `folder`.
 */
export function environmentFor(user: string, python: string, folder: string): string {
  const hasTorchtune = 'from importlib.metadata import version; print(version("torchtune"))';
  if (ask(python, hasTorchtune, user) !== undefined) return python;
  const copy = join(folder, 'bin', 'python');
  if (ask(copy, hasTorchtune, user) !== undefined) return copy;
  const minor = ask(python, MINOR);
  const base = SYSTEM_PYTHONS.find((candidate) => ask(candidate, MINOR, user) === minor);
  const packages = ask(python, 'import sysconfig; print(sysconfig.get_path("purelib"))');
  if (minor === undefined || base === undefined || packages === undefined)
    throw new DemoStop(
      `The cluster's user ${user} cannot run ${python}, and there is no Python ${minor ?? '3'} for everybody in ${SYSTEM_PYTHONS.map(dirname).join(', ')}: ` +
        'set RUNWRIGHT_PYTHON to an environment outside of /root.',
    );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const site = join(folder, 'lib', `python${minor}`, 'site-packages');
  const must = (command: string, ...words: string[]): boolean => spawnSync(command, words, { stdio: 'ignore' }).status === 0;
  const made =
    must(base, '-m', 'venv', '--without-pip', folder) &&
    (must('cp', '-al', `${packages}/.`, site) || must('cp', '-a', `${packages}/.`, site));
  if (!made) throw new DemoStop(`The environment for the cluster's user could not be made in ${folder}: is the disk full?`);
  const tune = `#!${copy}\nimport sys\nfrom torchtune._cli.tune import main\nsys.exit(main())\n`;
  writeFileSync(join(folder, 'bin', 'tune'), tune, { mode: 0o755 });
  if (ask(copy, hasTorchtune, user) === undefined) throw new DemoStop(`The cluster's user ${user} cannot run ${copy}.`);
  return copy;
}
