// Packs the server as an .mcpb bundle for clients that install those: node scripts/pack_mcpb.mjs [FILE]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? 'runwright.mcpb');
const stage = mkdtempSync(join(tmpdir(), 'runwright-mcpb-'));
try {
  for (const part of ['dist', 'templates', 'python', '.claude/skills', 'package.json', 'LICENSE', 'README.md'])
    cpSync(join(root, part), join(stage, part), { recursive: true });
  cpSync(join(root, 'packaging', 'mcpb.json'), join(stage, 'manifest.json'));
  process.exitCode = spawnSync(join(root, 'node_modules', '.bin', 'mcpb'), ['pack', stage, out], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(stage, { recursive: true });
}
