// Bundles the server into one committed file, so that a clone or an installed plugin starts without `npm install`.
// `--check` fails when the committed bundle is not what the sources make.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { OPTIONS } from './bundle_options.mjs';

const OUT = 'dist/runwright.js';
const result = await build({ ...OPTIONS, entryPoints: ['server/main.ts'], outfile: OUT, write: false });
const text = result.outputFiles[0].text;
if (process.argv.includes('--check')) {
  if (readFileSync(OUT, 'utf8') !== text) {
    console.error(`${OUT} is not what the sources make: run \`npm run build\` and commit it`);
    process.exit(1);
  }
  console.log(`${OUT} is fresh (${Math.round(text.length / 1024)} KiB)`);
} else {
  mkdirSync('dist', { recursive: true });
  writeFileSync(OUT, text, { mode: 0o755 });
  console.log(`${OUT}: ${Math.round(text.length / 1024)} KiB`);
}
