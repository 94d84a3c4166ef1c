import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { byteTokenizer } from '../../demo/tiny_model.ts';
import { torchtune } from '../../server/frameworks/torchtune/framework.ts';
import { configOf, MEMORY_CASES } from '../frameworks/torchtune/memory_cases.ts';
import { temporaryFolder } from '../support/context.ts';
import { gpuPython } from './gpu.ts';

interface Measured {
  case: string;
  reserved_gib: number;
}

const measurer = new URL('./measure_memory.py', import.meta.url).pathname;
const ROWS = 256;
/** More bytes, and so more tokens, than any case has room for. */
const answer = 'capital letters '.repeat(320);
const said = (role: string, content: string) => ({ role, content });

function writeData(folder: string): { rows: string; pairs: string } {
  const rows = Array.from({ length: ROWS }, (_, index) => ({ input: `row ${index}`, output: answer }));
  const pairs = rows.map(({ input, output }) => ({
    chosen: [said('user', input), said('assistant', output)],
    rejected: [said('user', input), said('assistant', output.toUpperCase())],
  }));
  const files = { rows: join(folder, 'rows.json'), pairs: join(folder, 'pairs.json') };
  writeFileSync(files.rows, JSON.stringify(rows));
  writeFileSync(files.pairs, JSON.stringify(pairs));
  writeFileSync(join(folder, 'tokenizer.model'), byteTokenizer());
  return files;
}

/** What torch counts while torchtune trains each of the cases; RUNWRIGHT_RECORD names a file that keeps it. */
async function measure(): Promise<Measured[]> {
  const folder = temporaryFolder();
  const data = writeData(folder);
  for (const [index, one] of MEMORY_CASES.entries()) {
    const text = configOf(one, one.pairs === true ? data.pairs : data.rows);
    writeFileSync(join(folder, `${String(index).padStart(2, '0')} ${one.name}.yaml`), text);
  }
  const child = spawn(gpuPython, [measurer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const measured: Measured[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('{')) continue;
    const one = JSON.parse(line) as Measured;
    process.stderr.write(`${line}\n`);
    measured.push({ ...one, case: one.case.slice(3) });
    const record = process.env.RUNWRIGHT_RECORD;
    if (record !== undefined) writeFileSync(record, `${JSON.stringify(measured, undefined, 1)}\n`);
  }
  return measured;
}

test('the memory of a GPU is told as it is, for models of true size', async () => {
  const measured = await measure();
  const told = new Map(
    MEMORY_CASES.map((one) => [one.name, torchtune.readConfig(configOf(one), one.name).device_memory_gib ?? Number.NaN]),
  );
  expect(measured.map((one) => one.case)).toEqual(MEMORY_CASES.map(({ name }) => name));
  const ratios = measured.map((one) => ({ ...one, ratio: (told.get(one.case) ?? Number.NaN) / one.reserved_gib }));
  expect(ratios.filter(({ ratio }) => !(ratio > 0.9 && ratio < 1.25))).toEqual([]);
});
