import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LocalConnection } from '../server/clusters/local.ts';
import { torchtune } from '../server/frameworks/torchtune/framework.ts';
import { deepCheck } from '../server/launch/preflight/deep_check.ts';
import type { TrainedRun } from '../server/launch/preflight/inputs.ts';
import { requestFor } from '../tests/frameworks/example_plan.ts';
import { bundled, type Figure, figure, inFreshNode, median, medians } from './figure.ts';
import { milliseconds } from './figure_time.ts';

const ROUNDS = 5;
const RUNS = 14;
const MODELS = ['Llama-3.2-1B-Instruct', 'Llama-3.2-3B-Instruct'];

/** Configs checked by us, and by the real torchtune: 14 in one process against one. */
export async function deepChecks(): Promise<Figure[]> {
  const once = await bundled('configs_once.ts');
  const { configs = Number.NaN, parsed = Number.NaN } = medians(Array.from({ length: ROUNDS }, () => inFreshNode(once, ['1000'])));
  console.error(`  ${Math.round(1_000_000 / configs)} configs a second, rendered, validated and read back`);
  const ours = figure('1,000 configs rendered, validated and read back', configs, 'the YAML package reading them', parsed, 'ms', 1);
  const python = process.env.RUNWRIGHT_PYTHON;
  if (python === undefined) {
    console.error('  the deep check was skipped: RUNWRIGHT_PYTHON names no Python with torchtune 0.6.1');
    return [ours];
  }
  return [ours, await againstOne(python)];
}

async function againstOne(python: string): Promise<Figure> {
  // A folder whose python3 is that Python, as setup lines would give it.
  const bin = mkdtempSync(join(tmpdir(), 'runwright-bench-'));
  writeFileSync(join(bin, 'python3'), `#!/bin/sh\nexec ${join(dirname(python), 'python')} "$@"\n`, { mode: 0o755 });
  const runs = Array.from({ length: RUNS }, (_, index): TrainedRun => {
    const request = requestFor({ method: 'lora', lora_rank: 2 ** (index % 7) }, { model: MODELS[index % 2] ?? '' });
    const rendered = torchtune.render(request);
    if (!('text' in rendered)) throw new Error('a config of the bench is refused');
    const run = { ...request.run, name: `run${index}` };
    return { run, config: rendered.text, facts: torchtune.readConfig(rendered.text, run.name) };
  });
  const profile = {
    name: 'local',
    connection: 'local',
    scheduler: 'process',
    defaults: {},
    gpu_request: 'gres',
    env: {},
    limits: {},
  } as const;
  const cluster = { profile: { ...profile, setup: [`export PATH=${bin}:$PATH`] }, connection: new LocalConnection() };
  const check = (chosen: readonly TrainedRun[]): Promise<number> =>
    milliseconds(async () => {
      const { said } = await deepCheck({ framework: torchtune }, cluster, chosen, new AbortController().signal);
      if (!said.endsWith(`accepts ${chosen.length} of ${chosen.length} configs`)) throw new Error(said);
    });
  await check(runs);
  const all: number[] = [];
  const one: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    all.push(await check(runs));
    one.push(await check(runs.slice(0, 1)));
  }
  rmSync(bin, { recursive: true });
  return figure(`deep check of ${RUNS} configs by the real torchtune`, median(all), 'of one config', median(one), 'ms', 1.5);
}
