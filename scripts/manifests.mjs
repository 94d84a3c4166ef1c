// Writes package.json's version into every other manifest; `npm version` calls it. tests/packages keeps them equal.
import { readFileSync, writeFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
for (const file of ['.claude-plugin/plugin.json', 'server.json', 'packaging/mcpb.json'])
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/("version": )"[^"]*"/g, `$1"${version}"`));
