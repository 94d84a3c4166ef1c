// Run in a fresh Node: reads what the stages wrote below FROM, then times writing the same bytes raw below TO; prints one JSON object.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { milliseconds } from './figure_time.ts';

const [, , from = '', to = ''] = process.argv;
const files = readdirSync(from, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(yaml|slurm)$|README\.md$/.test(name))
  .map((name) => ({ name, bytes: readFileSync(join(from, name)) }));

const raw = await milliseconds(() => {
  for (const folder of new Set(files.map(({ name }) => dirname(name)))) mkdirSync(join(to, folder, 'evaluations'), { recursive: true });
  for (const { name, bytes } of files) {
    const path = join(to, name);
    writeFileSync(`${path}.tmp`, bytes);
    renameSync(`${path}.tmp`, path);
  }
});
console.log(JSON.stringify({ raw }));
