// Bundles the server into dist/, committed, so that a clone or an installed plugin starts without `npm install`. A start
// reads runwright.js alone; each stage and what it needs (remark, yaml, SSH) stands in parts that are read when called.
// `--check` fails when the committed parts are not what the sources make.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { OPTIONS } from './bundle_options.mjs';

const FOLDER = 'dist';
const ENTRY = 'runwright.js';
const { outputFiles, metafile } = await build({
  ...OPTIONS,
  entryPoints: { runwright: 'server/main.ts', demo: 'demo/main.ts' },
  outdir: FOLDER,
  splitting: true,
  chunkNames: '[name]-[hash]',
  write: false,
  metafile: true,
});
const made = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
const there = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
const stale = [
  ...there.filter((name) => !made.has(name)),
  ...[...made].filter(([name, text]) => !there.includes(name) || readFileSync(join(FOLDER, name), 'utf8') !== text).map(([name]) => name),
];

/** The parts that the entry imports at once, and itself. */
function atTheStart(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { path: next, kind, external } of metafile.outputs[path].imports)
    if (kind === 'import-statement' && !external) atTheStart(next, seen);
  return seen;
}
const kib = (names) => Math.round([...names].reduce((sum, name) => sum + made.get(basename(name)).length, 0) / 1024);
const size = `${kib(made.keys())} KiB, ${kib(atTheStart(join(FOLDER, ENTRY)))} KiB at the start`;

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`${FOLDER}/ is not what the sources make (${stale.join(', ')}): run \`npm run build\` and commit it`);
    process.exit(1);
  }
  console.log(`${FOLDER}/ is fresh (${size})`);
} else {
  mkdirSync(FOLDER, { recursive: true });
  // The new parts first: a server that starts meanwhile finds whatever the entry that it reads asks for.
  for (const [name, text] of [...made].sort(([a], [b]) => Number(a === ENTRY) - Number(b === ENTRY)))
    writeFileSync(join(FOLDER, name), text, { mode: name === ENTRY ? 0o755 : 0o644 });
  for (const name of there) if (!made.has(name)) rmSync(join(FOLDER, name));
  console.log(`${FOLDER}/: ${size}`);
}
