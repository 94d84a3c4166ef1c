// Writes the table of tools into README.md; `--check` fails when it is not what the catalogue makes.
import { readFileSync, writeFileSync } from 'node:fs';
import { TOOLS } from '../server/tools/catalogue.ts';
import { toolSection, withTable } from './tool_table.ts';

const README = new URL('../README.md', import.meta.url);
const text = readFileSync(README, 'utf8');
const fresh = withTable(text, toolSection(TOOLS));
if (process.argv.includes('--check')) {
  if (fresh !== text) {
    console.error('the table of tools in README.md is not what server/tools/catalogue.ts makes: run `npm run docs` and commit it');
    process.exit(1);
  }
  console.log(`README.md's table of tools is fresh (${TOOLS.length} tools)`);
} else {
  writeFileSync(README, fresh);
  console.log(`README.md: ${TOOLS.length} tools`);
}
