import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callTool } from '../../server/tools/call.ts';
import { TOOLS } from '../../server/tools/catalogue.ts';
import { CAP_CROSS_EVAL, capCrossEvalPlan } from '../support/cap_cross_eval.ts';
import { testContext } from '../support/context.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { failsAbove, recorded } from '../support/failing_tune.ts';
import { emptyModel, standInTune, wordData } from '../support/stand_in_tune.ts';

const lab = developmentCluster();
const README = join(import.meta.dirname, '..', '..', 'README.md');

/** What README's session says that the tools answered, in order: "> `tool`: summary". */
const toldSession = (readme: string): string[] =>
  [...readme.matchAll(/^> (`[a-z_]+`: (?:.*\n> {2})*.*)$/gm)].map(([, line = '']) => line.replaceAll(/\n> {2}/g, ' '));

test.skipIf(lab === undefined)("README's session is what the tools answer", async () => {
  if (lab === undefined) return;
  const home = join(lab.dir, 'home', lab.profile.user ?? '', `readme-${process.pid}`);
  mkdirSync(home, { recursive: true });
  const large = failsAbove(2, recorded('cuda_oom')).replace('if [', 'if [[ $config == *3B-Instruct_13L_rank64* ]] && [');
  standInTune(join(home, 'bin'), large);
  for (const [size, weights] of [
    ['1B', ['model.safetensors']],
    ['3B', ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']],
  ] as const)
    emptyModel(join(home, 'models', `Llama-3.2-${size}-Instruct`), ['config.json', 'original/tokenizer.model', ...weights]);
  wordData(join(home, 'data'), ['words_5L.json', 'words_9L.json', 'words_13L.json']);
  execFileSync('chown', ['-R', `${lab.profile.user}:`, home]);
  const context = testContext();
  const profile = {
    experiments_dir: join(home, 'experiments'),
    setup: [`export PATH=${join(home, 'bin')}:$PATH`],
    defaults: { partition: 'gpu', mem: '1G', cpus: 1 },
  };
  writeFileSync(join(context.root.dir, 'clusters.yaml'), lab.yaml('della', profile));

  const answered: string[] = [];
  const call = async (name: string, input: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
    const tool = TOOLS.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    const answer = await callTool(tool, { experiment_dir: CAP_CROSS_EVAL, ...input }, context);
    answered.push(`\`${name}\`: ${answer.summary}`);
    return answer;
  };
  await call('plan_runs', capCrossEvalPlan({ cluster: 'della', models: join(home, 'models'), data: join(home, 'data') }));
  await call('setup_experiment_dirs');
  await call('create_torchtune_config');
  await call('generate_slurm_script');
  const { preflight_id } = await call('preflight_runs');
  await call('launch_runs', { preflight_id });
  await call('monitor_jobs', { wait_seconds: 150, until: 'done' });
  await call('diagnose_runs');
  const again = await call('preflight_runs', { mode: 'retry' });
  await call('launch_runs', { preflight_id: again.preflight_id });
  await call('monitor_jobs', { wait_seconds: 150, until: 'done' });
  expect(toldSession(readFileSync(README, 'utf8'))).toEqual(answered);
});
