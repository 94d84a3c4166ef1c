import type { ClusterProfile } from '../clusters/profile.ts';
import type { ConfigFacts } from '../model/framework.ts';
import { formatMemory } from '../model/memory_size.ts';
import { inPlan, type Settings } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { SETTINGS, type SettingValue } from '../model/settings.ts';

/** What a job asks Slurm for. `gpus`, `cpus` and `mem` are for each node. */
export interface Resources {
  gpus: number;
  gpu_type?: string;
  nodes: number;
  cpus: number;
  mem: string;
  time: string;
  partition?: string;
  account?: string;
  qos?: string;
  constraint?: string;
  reservation?: string;
  exclude?: string;
}

/** Options of sbatch that carry the site's own words, in the order in which they are written. */
export const SITE_OPTIONS = ['partition', 'account', 'qos', 'constraint', 'reservation', 'exclude'] as const;

export interface ResourceChoice {
  resources: Resources;
  reasons: { what: string; why: string }[];
  /** `where` is empty when it is the run as a whole. */
  problems: Problem[];
}

interface Asked {
  value: SettingValue;
  why: string;
  where: string;
}

const DEFAULT_TIME = '04:00:00';
const GIB = 1024 ** 3;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The plan wins, then the profile's defaults, then what the config tells; each choice with its reason. */
export function chooseResources(input: {
  settings: Settings;
  defaults: ClusterProfile['defaults'];
  facts: ConfigFacts;
  config_tool?: string;
}): ResourceChoice {
  const { facts } = input;
  const problems: Problem[] = [];
  const reasons: { what: string; why: string }[] = [];
  const tool = input.config_tool ?? 'create_torchtune_config';

  const asked = (name: string): Asked | undefined => {
    const setting = input.settings.get(name);
    if (setting !== undefined) return { value: setting.value, why: 'the plan says so', where: inPlan(setting.at) };
    const given = input.defaults[name];
    if (given === undefined) return undefined;
    const definition = SETTINGS[name];
    const value = definition?.read(String(given));
    if (value !== undefined) return { value, why: "the cluster profile's defaults", where: 'clusters.yaml' };
    problems.push({
      severity: 'error',
      where: `clusters.yaml: defaults.${name}`,
      what: `"${given}" is not ${definition?.range ?? 'known'}`,
      fix: `mend it in the cluster profile`,
    });
    return undefined;
  };
  const choose = (name: string, otherwise: { value: SettingValue; why: string }, say: (value: SettingValue) => string): SettingValue => {
    const { value, why } = asked(name) ?? otherwise;
    reasons.push({ what: say(value), why });
    return value;
  };
  // Devices and nodes are written in the config already; a job with others would start a training that cannot run.
  const mustEqual = (name: 'gpus' | 'nodes', trained: number, noun: string): number => {
    const wish = input.settings.get(name);
    reasons.push({ what: count(trained, noun), why: 'the config trains on that many' });
    if (wish !== undefined && Number(wish.value) !== trained)
      problems.push({
        severity: 'error',
        where: inPlan(wish.at),
        what: `the plan asks for ${count(Number(wish.value), noun)}, but the config trains on ${trained}`,
        fix: `run \`${tool}\` again, or set ${name} to ${trained}`,
      });
    return trained;
  };

  const gpus = mustEqual('gpus', facts.gpus_per_node, 'GPU');
  const nodes = mustEqual('nodes', facts.nodes, 'node');
  const optional: { gpu_type?: string } & { [option in (typeof SITE_OPTIONS)[number]]?: string } = {};
  if (gpus > 0) addOptional('gpu_type');
  const cpus = Number(
    choose('cpus', gpus > 0 ? { value: 4 * gpus, why: '4 for each GPU' } : { value: 2, why: '2 for a training on the CPU' }, (value) =>
      count(Number(value), 'CPU'),
    ),
  );
  const mem = String(choose('mem', memoryFor(facts), (value) => `${value} of memory`));
  const time = String(
    choose('time', { value: DEFAULT_TIME, why: 'the plan and the profile are silent' }, (value) => `a time limit of ${value}`),
  );
  if (!input.settings.has('time') && input.defaults.time === undefined)
    problems.push({
      severity: 'warning',
      where: '',
      what: `the plan and the cluster profile set no time, so the job gets ${DEFAULT_TIME}`,
      fix: 'add `time` to the Defaults of runs_plan.md, or to defaults: of the cluster profile',
    });
  for (const option of SITE_OPTIONS) addOptional(option);
  return { resources: { gpus, nodes, cpus, mem, time, ...optional }, reasons, problems };

  function addOptional(name: 'gpu_type' | (typeof SITE_OPTIONS)[number]): void {
    const found = asked(name);
    if (found === undefined) return;
    optional[name] = String(found.value);
    reasons.push({ what: `${name} ${found.value}`, why: found.why });
  }
}

/** The weights are held twice in bf16 while a checkpoint is read or written; the rest is Python, torch and the data. */
function memoryFor(facts: ConfigFacts): { value: string; why: string } {
  if (facts.parameters === undefined) return { value: '32G', why: "the model's size is not known" };
  const gib = Math.ceil((facts.parameters * 2 * 2) / GIB) + 8;
  const billions = (facts.parameters / 1e9).toFixed(facts.parameters < 1e8 ? 3 : 1);
  return { value: formatMemory(gib * 1024), why: `${billions} billion parameters, twice in bf16, and 8 GiB` };
}
