// Run in a fresh Node: renders, validates and reads back the configs of a plan of COUNT runs, then lets the YAML package
// read the same texts; prints one JSON object.
import { parse } from 'yaml';
import { torchtune } from '../server/frameworks/torchtune/framework.ts';
import { settingsOf } from '../server/model/plan.ts';
import { parsePlan } from '../server/plan/parse.ts';
import { milliseconds } from './figure_time.ts';
import { planOf } from './plan_text.ts';

const { plan } = await parsePlan(planOf(Number(process.argv[2]), 'bench'), {
  framework: () => torchtune,
  frameworkNames: ['torchtune'],
  clusterNames: ['bench'],
  folder: 'bench',
});
if (plan === undefined) throw new Error('the plan cannot be read');

const texts: string[] = [];
const configs = await milliseconds(async () => {
  for (const run of plan.runs) {
    const places = { run_dir: `/scratch/experiments/bench/${run.name}`, model_dir: '/scratch/models/Llama-3.2-1B-Instruct' };
    const rendered = torchtune.render({ plan, run, settings: settingsOf(plan, run), places });
    if (!('text' in rendered)) throw new Error(rendered.problems.map(({ what }) => what).join('; '));
    torchtune.readConfig(rendered.text, run.name);
    texts.push(rendered.text);
  }
});
const parsed = await milliseconds(async () => {
  for (const text of texts) parse(text, { version: '1.1' });
});
console.log(JSON.stringify({ configs, parsed }));
