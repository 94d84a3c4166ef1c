// Writes the parts of documents that are made from the code; `--check` fails when one is not what the code makes.
import { readFileSync, writeFileSync } from 'node:fs';
import { TOOLS } from '../server/tools/catalogue.ts';
import { betweenMarks } from './between_marks.ts';
import { ruleTables } from './rule_table.ts';
import { settingTables } from './setting_tables.ts';
import { toolSection } from './tool_table.ts';

const PARTS = [
  { file: 'README.md', name: 'tools', part: toolSection(TOOLS) },
  { file: '.claude/skills/plan-runs/references/settings.md', name: 'settings', part: settingTables() },
  { file: 'docs/torchtune-rules.md', name: 'rules', part: ruleTables() },
];

for (const { file, name, part } of PARTS) {
  const path = new URL(`../${file}`, import.meta.url);
  const text = readFileSync(path, 'utf8');
  const fresh = betweenMarks(text, name, part);
  if (!process.argv.includes('--check')) writeFileSync(path, fresh);
  else if (fresh !== text) {
    console.error(`the part "${name}" of ${file} is not what the code makes: run \`npm run docs\` and commit it`);
    process.exitCode = 1;
  } else console.log(`${file}: ${name} is fresh`);
}
