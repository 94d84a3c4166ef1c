import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

const servers = z.object({ mcpServers: z.object({ runwright: z.strictObject({ command: z.string(), args: z.array(z.string()) }) }) });

describe('.mcp.json', () => {
  let project: string;
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "runwright it's-"));
    mkdirSync(join(project, 'dist'));
    mkdirSync(join(project, 'experiments', 'one'), { recursive: true });
    writeFileSync(join(project, 'dist', 'runwright.js'), 'console.log("started in " + process.cwd())');
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  it.each(['.', 'experiments/one'])('starts the server of the project when the client was started in %s', (folder) => {
    const { command, args } = servers.parse(readJson('.mcp.json')).mcpServers.runwright;
    const cwd = join(project, folder);
    const answer = spawnSync(command, args, { cwd, encoding: 'utf8' });
    expect({ stdout: answer.stdout, stderr: answer.stderr }).toEqual({ stdout: `started in ${cwd}\n`, stderr: '' });
  });

  it('holds no dollar with braces, which clients would replace', () => {
    expect(readFileSync(join(ROOT, '.mcp.json'), 'utf8')).not.toContain('${');
  });
});

describe('the plugin', () => {
  const manifest = z.object({ name: z.string(), version: z.string(), skills: z.array(z.string()) }).and(servers);

  it('starts the bundle of its own folder and brings the skills', () => {
    const plugin = manifest.parse(readJson('.claude-plugin/plugin.json'));
    expect(plugin.mcpServers.runwright).toEqual({ command: 'node', args: [`$\{CLAUDE_PLUGIN_ROOT}/dist/runwright.js`] });
    expect(plugin.skills).toEqual(['./.claude/skills/']);
  });

  it('is what the marketplace offers', () => {
    const market = z
      .object({ plugins: z.array(z.object({ name: z.string(), source: z.string() })) })
      .parse(readJson('.claude-plugin/marketplace.json'));
    expect(market.plugins).toEqual([{ name: 'runwright', source: './' }]);
  });
});
