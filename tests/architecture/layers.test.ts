import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SERVER = resolve(import.meta.dirname, '../../server');

/** From the top down; a folder may import its own rank's row only within itself, and anything further down. */
const ROWS = [
  ['.'],
  ['mcp'],
  ['command', 'tools'],
  ['resources', 'prompts'],
  ['stages'],
  ['launch'],
  ['plan', 'experiment'],
  ['frameworks', 'slurm', 'process'],
  ['clusters'],
  ['model'],
];

const rowOf = (folder: string): number => ROWS.findIndex((row) => row.includes(folder));
const folderOf = (file: string): string => relative(SERVER, file).split('/').slice(0, -1)[0] ?? '.';

const files = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(SERVER, name));

const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => ({ file, target: match[1] ?? '' })),
);

test('every folder of the server has its place among the layers', () => {
  expect([...new Set(files.map(folderOf))].filter((folder) => rowOf(folder) === -1)).toEqual([]);
});

test('imports run downwards only', () => {
  const upward = imports.filter(({ file, target }) => {
    if (!target.startsWith('.')) return false;
    const from = folderOf(file);
    const to = folderOf(resolve(dirname(file), target));
    return from !== to && !target.endsWith('.json') && rowOf(to) <= rowOf(from);
  });
  expect(upward.map(({ file, target }) => `${relative(SERVER, file)} imports ${target}`)).toEqual([]);
});

test('only mcp/ and main.ts know the MCP SDK', () => {
  const knowing = imports.filter(({ target }) => target.startsWith('@modelcontextprotocol/'));
  expect([...new Set(knowing.map(({ file }) => folderOf(file)))].sort()).toEqual(['.', 'mcp']);
  expect(knowing.filter(({ file }) => folderOf(file) === '.').map(({ file }) => relative(SERVER, file))).toEqual(['main.ts']);
});

test('the stages that know no framework import none', () => {
  const agnostic = ['stages/setup_experiment_dirs.ts', 'stages/generate_slurm_script.ts', 'stages/plan_runs.ts'];
  const guilty = imports.filter(({ file, target }) => agnostic.includes(relative(SERVER, file)) && /torchtune/.test(target));
  // generate_slurm_script shares the file-writing code of the config stage; it reads configs through the seam only.
  expect(guilty.filter(({ target }) => target.includes('frameworks/torchtune'))).toEqual([]);
  expect(imports.filter(({ file, target }) => !folderOf(file).startsWith('frameworks') && target.includes('frameworks/torchtune'))).toEqual(
    [],
  );
});
