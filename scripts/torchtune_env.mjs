// Prints the path of a Python that can train: RUNWRIGHT_PYTHON where it is set, else a virtual environment made once
// from python/requirements-torchtune.txt under the user's cache folder. Progress goes to stderr, the path to stdout.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REQUIREMENTS = join(dirname(dirname(fileURLToPath(import.meta.url))), 'python', 'requirements-torchtune.txt');
const VERSION = '0.6.1';
// Written last: a folder without it is an interrupted installation. (A virtual environment cannot be moved into place.)
const MARKER = '.runwright-complete';
const say = (text) => process.stderr.write(`${text}\n`);

class Stop extends Error {}

/** Reads what `python` tells about itself: seconds are saved by not importing torch. */
function inspect(python) {
  const script = `import json, sys
from importlib.metadata import PackageNotFoundError, version
def installed(name):
    try: return version(name)
    except PackageNotFoundError: return None
print(json.dumps({"python": list(sys.version_info[:3]), **{name: installed(name) for name in ("torch", "torchtune", "torchao")}}))`;
  const answer = spawnSync(python, ['-c', script], { encoding: 'utf8', timeout: 60_000 });
  if (answer.status !== 0) return undefined;
  try {
    return JSON.parse(answer.stdout);
  } catch {
    return undefined;
  }
}

function fromVariable(python) {
  if (!isAbsolute(python))
    throw new Stop(`RUNWRIGHT_PYTHON is ${python}: give the absolute path of a python, such as /opt/torchtune/bin/python`);
  const found = inspect(python);
  if (found === undefined) throw new Stop(`RUNWRIGHT_PYTHON is ${python}, but that does not run as a Python 3`);
  const missing = ['torch', 'torchtune', 'torchao'].filter((name) => found[name] === null);
  if (missing.length > 0)
    throw new Stop(`RUNWRIGHT_PYTHON is ${python}, which lacks ${missing.join(', ')}: ${python} -m pip install -r ${REQUIREMENTS}`);
  if (found.torchtune !== VERSION)
    throw new Stop(`RUNWRIGHT_PYTHON is ${python}, which has torchtune ${found.torchtune}: ${VERSION} is needed`);
  if (!existsSync(join(dirname(python), 'tune')))
    throw new Stop(
      `RUNWRIGHT_PYTHON is ${python}, but there is no tune beside it: ${python} -m pip install --force-reinstall --no-deps torchtune==${VERSION}`,
    );
  say(`Using ${python} (RUNWRIGHT_PYTHON): torchtune ${found.torchtune}, torch ${found.torch}.`);
  return python;
}

/** A Python from 3.11 to 3.13 with the venv module: the pinned numpy and pandas need 3.11, and pyarrow ends at 3.13. */
function usablePython() {
  const seen = [];
  for (const name of ['python3', 'python3.12', 'python3.11', 'python3.13', 'python']) {
    const found = inspect(name);
    if (found === undefined) continue;
    const [major, minor] = found.python;
    const shown = `${name} is ${found.python.join('.')}`;
    if (major !== 3 || minor < 11 || minor > 13) seen.push(`${shown}: 3.11 to 3.13 is needed`);
    else if (spawnSync(name, ['-c', 'import venv, ensurepip']).status !== 0)
      seen.push(`${shown}, without the venv module (Debian and Ubuntu: apt-get install python3-venv)`);
    else return name;
  }
  throw new Stop(
    [
      'No usable Python for torchtune:',
      ...(seen.length > 0 ? seen : ['there is no python3 on the PATH']).map((line) => `  ${line}`),
      'Install Python 3.11 to 3.13 with its venv module (Debian and Ubuntu: apt-get install python3 python3-venv;',
      'macOS: brew install python@3.12; anywhere: https://docs.astral.sh/uv), or set RUNWRIGHT_PYTHON to a Python',
      `that has torchtune ${VERSION}.`,
    ].join('\n'),
  );
}

let stopped = false;

/** Runs one step with its output on stderr; a signal to us ends it, so that nothing goes on in the background. */
function step(command, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 2, 2] });
    const forward = (signal) => {
      stopped = true;
      child.kill(signal);
    };
    process.once('SIGINT', forward).once('SIGTERM', forward);
    child.on('error', (error) => reject(new Stop(`${command}: ${error.message}`)));
    child.on('exit', (code, signal) => {
      process.removeListener('SIGINT', forward).removeListener('SIGTERM', forward);
      if (code === 0) resolve();
      else
        reject(
          new Stop(
            `${[command, ...words.slice(0, 3)].join(' ')} ... ended with ${signal ?? `exit code ${code}`}; the environment was not made. Run the same command again.`,
          ),
        );
    });
  });
}

/** One installation at a time: a second process waits for the first, and takes over from a dead one. */
async function withLock(folder, work) {
  const lock = `${folder}.lock`;
  const holder = () => {
    try {
      return { pid: Number(readFileSync(lock, 'utf8')), age: Date.now() - statSync(lock).mtimeMs };
    } catch {
      return undefined;
    }
  };
  const runs = (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return error.code === 'EPERM';
    }
  };
  for (let told = false; ; told = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const held = holder();
    if (held === undefined) continue;
    // An empty lock file is one being written, unless it stays so.
    if (held.pid === 0 ? held.age > 5000 : !runs(held.pid)) rmSync(lock, { force: true });
    else {
      if (!told) say(`Waiting for process ${held.pid}, which is making ${folder}.`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The CPU build of torch, a tenth of the default one for Linux; the default one where its index cannot be reached. */
async function installTorch(python, requirements, options) {
  const torch = /^torch==[^\s;#]+/m.exec(requirements)?.[0];
  if (torch === undefined) return;
  try {
    await step(python, [...options, '--no-deps', '--retries', '0', '--extra-index-url', 'https://download.pytorch.org/whl/cpu', torch]);
  } catch (error) {
    if (!(error instanceof Stop) || stopped) throw error;
    say('The CPU build of torch could not be had; pip takes the one of the package index (on Linux with CUDA: about 3 GB more).');
  }
}

async function make(folder, python) {
  const base = usablePython();
  rmSync(folder, { recursive: true, force: true });
  say(`Making a Python environment with torchtune ${VERSION} in ${folder} (once; later demos reuse it).`);
  say('It downloads about 0.3 GB of packages (torch for CPUs, torchtune, torchao, datasets) and takes 1.4 GB of disk and a few minutes.');
  await step(base, ['-m', 'venv', folder]);
  const bar = process.stderr.isTTY ? [] : ['--progress-bar', 'off'];
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...bar];
  await installTorch(python, readFileSync(REQUIREMENTS, 'utf8'), install);
  await step(python, [...install, '-r', REQUIREMENTS]);
  const found = inspect(python);
  if (found?.torchtune !== VERSION)
    throw new Stop(`pip was content, but ${folder} has torchtune ${found?.torchtune ?? 'nowhere'} instead of ${VERSION}`);
  writeFileSync(join(folder, MARKER), `${JSON.stringify(found)}\n`);
}

async function main() {
  if (process.env.RUNWRIGHT_PYTHON) return fromVariable(process.env.RUNWRIGHT_PYTHON);
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'runwright', `torchtune-${VERSION}-${hash}`);
  const python = join(folder, 'bin', 'python');
  const ready = () => existsSync(join(folder, MARKER)) && existsSync(python);
  if (folder.includes(delimiter))
    throw new Stop(`the cache folder ${folder} has a ${delimiter} in its name, which a PATH cannot hold: set XDG_CACHE_HOME`);
  if (!ready()) {
    mkdirSync(dirname(folder), { recursive: true });
    await withLock(folder, async () => (ready() ? undefined : await make(folder, python)));
  }
  say(`Using ${python}: torchtune ${inspect(python)?.torchtune ?? 'missing'}.`);
  return python;
}

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = 1;
}
