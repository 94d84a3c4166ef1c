// The tests. Those on a development Slurm mostly wait, so they run beside the others, in a process of their own whose output is
// shown when the others have ended. With the name of a file or of a test, one process looks for it in both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const start = (projects, words, stdout) => {
  const options = projects.flatMap((project) => ['--project', project]);
  return spawn(process.execPath, [vitest, 'run', ...options, ...words], { cwd: root, stdio: ['inherit', stdout, stdout] });
};

async function main(words) {
  if (words.length > 0) return codeOf(await ended(start(['unit', 'cluster'], words, 'inherit')));
  const unit = start(['unit'], [], 'inherit');
  const cluster = start(['cluster'], [], 'pipe');
  const said = [];
  for (const stream of [cluster.stdout, cluster.stderr]) stream.on('data', (part) => said.push(part));
  const bothEnded = Promise.all([unit, cluster].map(ended));
  await once(unit, 'close');
  const shown = () => process.stdout.write(Buffer.concat(said.splice(0)));
  shown();
  cluster.stdout.on('data', shown);
  const endings = await bothEnded;
  shown();
  return Math.max(...endings.map(codeOf));
}

/** A signal to this process is one to each: vitest takes its Slurm down before it ends. */
async function ended(child) {
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
  return once(child, 'close');
}

const codeOf = ([code]) => code ?? 1;

process.exitCode = await main(process.argv.slice(2));
