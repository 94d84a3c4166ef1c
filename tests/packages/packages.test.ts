import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { openClient } from '../client/clients.ts';
import { openSession } from '../client/sessions.ts';
import { temporaryFolder } from '../support/context.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const named = z.object({ name: z.string(), version: z.string(), description: z.string() });

test.each(['.claude-plugin/plugin.json', 'packaging/mcpb.json'])('%s has the name, version and description of the package', (file) => {
  const { name, version, description } = manifest;
  expect(named.parse(readJson(file))).toEqual({ name, version, description });
});

test("the registry's entry names the package that is published, in its version", () => {
  const { mcpName, name, version, description } = manifest;
  const entry = named
    .extend({ packages: z.array(z.object({ identifier: z.string(), version: z.string() })) })
    .parse(readJson('server.json'));
  expect(entry).toEqual({ name: mcpName, version, description, packages: [{ identifier: name, version }] });
  // The registry's limit.
  expect(description.length).toBeLessThanOrEqual(100);
});

test('the npm package runs as it is packed, and depends on nothing', async () => {
  expect(manifest).not.toHaveProperty('dependencies');
  const folder = temporaryFolder();
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename } = { filename: '' }] = z.array(z.object({ filename: z.string() })).parse(JSON.parse(packed));
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', folder]);
  await serves(join(folder, 'package', manifest.bin.runwright));
}, 120_000);

test('the .mcpb bundle is accepted by its packer, and runs as it is packed', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'runwright.mcpb');
  const packed = spawnSync(process.execPath, [join(ROOT, 'scripts', 'pack_mcpb.mjs'), file], { encoding: 'utf8' });
  expect({ status: packed.status, stderr: packed.stderr }).toEqual({ status: 0, stderr: '' });
  execFileSync(join(ROOT, 'node_modules', '.bin', 'mcpb'), ['unpack', file, join(folder, 'unpacked')], { stdio: 'ignore' });
  await serves(join(folder, 'unpacked', 'dist', 'runwright.js'));
}, 120_000);

/** A client gets a plan and a skill through it: the server, its parts, its templates and the skills are there. */
async function serves(bundle: string): Promise<void> {
  expect(execFileSync(process.execPath, [bundle, '--version'], { encoding: 'utf8' })).toBe(`${manifest.version}\n`);
  const client = await openClient('v2 modern', { home: temporaryFolder(), bundle });
  const experiment_dir = 'words_2025-10-20';
  const plan = { runs: [{ run: 'one', type: 'base', model: 'Llama-3.2-1B-Instruct' }] };
  expect(await client.call('plan_runs', { experiment_dir, plan })).toMatchObject({ structuredContent: { added: ['one'] } });
  expect(await client.call('setup_experiment_dirs', { experiment_dir })).toMatchObject({
    structuredContent: { created: expect.anything() },
  });
  const { client: whole } = await openSession('v2 modern', { home: temporaryFolder(), bundle });
  const { messages } = await whole.getPrompt({ name: 'plan-runs', arguments: {} });
  expect(messages).toMatchObject([{ content: { text: expect.stringMatching(/^# plan-runs\n/) } }]);
}
