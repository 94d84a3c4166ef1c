import type { ClusterProfile } from '../clusters/profile.ts';
import { formatDuration, parseDuration } from '../model/duration.ts';
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

export interface ExpectedTime {
  seconds: number;
  because: string;
}

/** Half as long again as expected, ten minutes for a slow start, in steps of five: a job cut off at its limit is lost. */
const limitFor = (seconds: number): string => formatDuration(300 * Math.ceil((seconds * 1.5 + 600) / 300));

const DEFAULT_TIME = '04:00:00';
const GIB = 1024 ** 3;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The plan wins, then the profile's defaults, then what the config tells; each choice with its reason. */
export function chooseResources(input: {
  settings: Settings;
  defaults: ClusterProfile['defaults'];
  facts: ConfigFacts;
  config_tool?: string;
  /** What the whole training is expected to take, with its source. */
  expected?: ExpectedTime | undefined;
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
  const mustEqual = (name: 'gpus' | 'nodes', trained: number, noun: string, more = ''): number => {
    const wish = input.settings.get(name);
    reasons.push({ what: count(trained, noun), why: `the config trains on that many${more}` });
    if (wish !== undefined && Number(wish.value) !== trained)
      problems.push({
        severity: 'error',
        where: inPlan(wish.at),
        what: `the plan asks for ${count(Number(wish.value), noun)}, but the config trains on ${trained}`,
        fix: `run \`${tool}\` again, or set ${name} to ${trained}`,
      });
    return trained;
  };

  const each = facts.device_memory_gib === undefined ? '' : `, and needs about ${facts.device_memory_gib} GiB of each one's memory`;
  const gpus = mustEqual('gpus', facts.gpus_per_node, 'GPU', each);
  const nodes = mustEqual('nodes', facts.nodes, 'node');
  const optional: { gpu_type?: string } & { [option in (typeof SITE_OPTIONS)[number]]?: string } = {};
  if (gpus > 0) addOptional('gpu_type');
  const cpus = Number(
    choose('cpus', gpus > 0 ? { value: 4 * gpus, why: '4 for each GPU' } : { value: 2, why: '2 for a training on the CPU' }, (value) =>
      count(Number(value), 'CPU'),
    ),
  );
  const mem = String(choose('mem', memoryFor(facts), (value) => `${value} of memory`));
  const { expected } = input;
  const byDefault =
    expected === undefined
      ? { value: DEFAULT_TIME, why: 'the plan and the profile are silent' }
      : { value: limitFor(expected.seconds), why: `about ${minutes(expected)} expected, half as much again and 10 min` };
  const time = String(choose('time', byDefault, (value) => `a time limit of ${value}`));
  const planned = input.settings.get('time');
  if (planned === undefined && input.defaults.time === undefined && expected === undefined)
    problems.push({
      severity: 'warning',
      where: '',
      what: `the plan and the cluster profile set no time, so the job gets ${DEFAULT_TIME}`,
      fix: 'add `time` to the Defaults of runs_plan.md, or to defaults: of the cluster profile',
    });
  const limit = parseDuration(time);
  if (expected !== undefined && limit !== undefined && expected.seconds > limit)
    problems.push({
      severity: 'warning',
      where: planned === undefined ? 'clusters.yaml' : inPlan(planned.at),
      what: `the time limit of ${time} is likely too short: about ${minutes(expected)} expected`,
      fix: `set time to ${limitFor(expected.seconds)}`,
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

const minutes = ({ seconds, because }: ExpectedTime): string => `${Math.ceil(seconds / 60)} min (${because})`;

/** The weights are held twice in bf16 while a checkpoint is read or written; the rest is Python, torch and the data. */
function memoryFor(facts: ConfigFacts): { value: string; why: string } {
  if (facts.parameters === undefined) return { value: '32G', why: "the model's size is not known" };
  // All weights are trained: Adam's state of each is gathered on the host when a checkpoint is written.
  const full = facts.training.trainable_parameters === facts.parameters;
  const gib = Math.ceil((facts.parameters * (full ? 8 : 4)) / GIB) + 8;
  const billions = (facts.parameters / 1e9).toFixed(facts.parameters < 1e8 ? 3 : 1);
  const held = full ? "twice in bf16 with the optimizer's state" : 'twice in bf16';
  return { value: formatMemory(gib * 1024), why: `${billions} billion parameters, ${held}, and 8 GiB` };
}
