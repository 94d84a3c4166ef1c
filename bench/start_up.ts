import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { bundled, type Figure, figure, median } from './figure.ts';

const ROUNDS = 21;
const HELLO = `${JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
})}\n`;
const LIST = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })}\n`;

/** Milliseconds from spawn to the first answer, and to the list of tools. */
function start(file: string): Promise<{ first: number; list: number }> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, XDG_STATE_HOME: tmpdir() } });
    let first: number | undefined;
    let text = '';
    child.on('error', reject);
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (first === undefined && text.includes('"id":0')) {
        first = performance.now() - begin;
        child.stdin.write(LIST);
      } else if (first !== undefined && text.includes('"id":1') && text.endsWith('\n')) {
        resolve({ first, list: performance.now() - begin });
        child.kill();
      }
    });
    child.stdin.write(HELLO);
  });
}

function bundleSize(): number {
  const folder = new URL('../dist/', import.meta.url);
  return readdirSync(folder).reduce((sum, name) => sum + statSync(new URL(name, folder)).size, 0) / 1e6;
}

export async function startUp(): Promise<Figure[]> {
  const other = await bundled('one_tool_server.ts', { plugins: [] });
  const files = { ours: new URL('../dist/runwright.js', import.meta.url).pathname, theirs: other };
  const times = { ours: { first: [] as number[], list: [] as number[] }, theirs: { first: [] as number[], list: [] as number[] } };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const who of ['ours', 'theirs'] as const) {
      const { first, list } = await start(files[who]);
      times[who].first.push(first);
      times[who].list.push(list);
    }
  }
  const against = 'a one-tool server bundled from the same SDK';
  return [
    figure('server spawned to first answer', median(times.ours.first), against, median(times.theirs.first), 'ms', 1.2),
    figure('the bundle, all its parts', bundleSize(), 'a limit of 2.5 MB', 2.5, 'MB', 1),
    figure('server spawned to the list of tools', median(times.ours.list), against, median(times.theirs.list), 'ms', 1.5),
  ];
}
