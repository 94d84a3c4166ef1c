// Bundles the server into one committed file, so that a clone or an installed plugin starts without `npm install`.
// `--check` fails when the committed bundle is not what the sources make.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const OUT = 'dist/runwright.js';
// ssh2 is CommonJS and expects these three; an ES module has none of them.
const BANNER = [
  '#!/usr/bin/env node',
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __dirnameOf } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __dirnameOf(__filename);',
].join('\n');

const result = await build({
  entryPoints: ['server/main.ts'],
  outfile: OUT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  banner: { js: BANNER },
  external: ['cpu-features', '*.node'],
  write: false,
});
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
