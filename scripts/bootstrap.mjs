// Runs one of the project's commands, installing the npm packages first where they are missing or older than the lock
// file. Plain Node without packages: it must work on a fresh clone.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const program = (folder, words) => [process.execPath, '--import', 'tsx', join(root, folder, 'main.ts'), ...words];
const vitest = (...words) => [bin('vitest'), 'run', ...words];
/** What each command runs: the lines of one stand side by side. */
const COMMANDS = {
  install: () => [],
  demo: (words) => [program('demo', words)],
  // The tests on a development Slurm mostly wait. With the name of a file or of a test, one process looks for it in both projects.
  test: (words) =>
    words.length === 0
      ? [vitest('--project', 'unit'), vitest('--project', 'cluster')]
      : [vitest('--project', 'unit', '--project', 'cluster', ...words)],
  vitest: (words) => [vitest(...words)],
  bench: (words) => [program('bench', words)],
};

/** Why `npm ci` is needed, or undefined when it is not. */
function staleness() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'the npm packages are not installed';
  const newer = statSync(join(root, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs;
  return newer ? 'package-lock.json is newer than the installed packages' : undefined;
}

/** Runs to the end in the foreground, passing signals on; the exit code is the shell's: 128 + n after signal n. */
function runToEnd([command, ...words], heard) {
  return new Promise((resolve) => {
    const output = heard === undefined ? 'inherit' : 'pipe';
    const child = spawn(command, words, { stdio: ['inherit', output, output], cwd: root });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', heard);
    // A terminal sends Ctrl-C to the whole foreground group: the child has it already.
    const forward = (signal) => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const finish = (code) => {
      for (const signal of signals) process.removeListener(signal, forward);
      resolve(code);
    };
    child.on('error', (error) => {
      console.error(`could not start ${command}: ${error.message}`);
      finish(127);
    });
    child.on('close', (code, signal) => finish(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** The output of each is shown when those before it have ended, from then on as it comes. The highest exit code. */
async function sideBySide([first, ...others]) {
  if (first === undefined) return 0;
  let held = [];
  const rest = others.map((line) => runToEnd(line, (part) => (held === undefined ? process.stdout.write(part) : held.push(part))));
  const code = await runToEnd(first);
  process.stdout.write(Buffer.concat(held));
  held = undefined;
  return Math.max(code, ...(await Promise.all(rest)));
}

async function main([name = '', ...words]) {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    console.error(`usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join('|')} [arguments]`);
    return 2;
  }
  if (Number(process.versions.node.split('.')[0]) < 20) {
    console.error(`runwright needs Node 20 or newer; this is ${process.version}`);
    return 1;
  }
  const reason = staleness();
  if (reason !== undefined) {
    console.error(`${reason}: running npm ci (about 200 MB in node_modules, once)`);
    // --include=dev: under NODE_ENV=production npm would leave tsx and vitest out.
    const code = await runToEnd(['npm', 'ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund']);
    if (code !== 0) return code;
  }
  return sideBySide(command(words));
}

process.exitCode = await main(process.argv.slice(2));
