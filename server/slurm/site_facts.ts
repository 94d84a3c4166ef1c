import { parseDuration } from '../model/duration.ts';

export interface Partition {
  name: string;
  is_default: boolean;
  up: boolean;
  /** As Slurm writes it: `2-00:00:00`, `infinite`. */
  max_time: string;
  nodes: number;
  /** Nodes that are idle or partly free. */
  nodes_free: number;
  /** GPUs in all, by type; `gpu` where the site names no type. */
  gpus: Readonly<Record<string, number>>;
}

export interface Qos {
  name: string;
  max_wall?: string;
  max_submit?: number;
  max_jobs?: number;
}

const FREE = /^(idle|mixed)/;

/** Lines of `sinfo -h -o '%P|%a|%l|%D|%T|%G'`: a partition has one for each kind of node. */
export function readPartitions(stdout: string): Partition[] {
  const partitions = new Map<string, { -readonly [key in keyof Partition]: Partition[key] } & { gpus: Record<string, number> }>();
  for (const line of stdout.split('\n')) {
    const [label, available, max_time, count, state, gres] = line.split('|');
    if (label === undefined || max_time === undefined || gres === undefined) continue;
    const name = label.replace(/\*$/, '');
    const nodes = Number(count) || 0;
    const known = partitions.get(name) ?? {
      name,
      is_default: label.endsWith('*'),
      up: available === 'up',
      max_time,
      nodes: 0,
      nodes_free: 0,
      gpus: {},
    };
    known.nodes += nodes;
    if (FREE.test(state ?? '')) known.nodes_free += nodes;
    for (const [type, number] of gpusOf(gres)) known.gpus[type] = (known.gpus[type] ?? 0) + number * nodes;
    partitions.set(name, known);
  }
  return [...partitions.values()];
}

/** `gpu:a100:4(S:0-1),shard:8` -> a100, 4. */
function gpusOf(gres: string): [string, number][] {
  return [...gres.matchAll(/(?:^|,)gpu(?::([A-Za-z][\w.-]*))?:(\d+)/g)].map((match) => [match[1] ?? 'gpu', Number(match[2])]);
}

/** Lines of `sacctmgr -n -P show qos format=name,maxwall,maxsubmitpu,maxjobspu`. */
export function readQos(stdout: string): Qos[] {
  return stdout.split('\n').flatMap((line) => {
    const [name, wall, submit, jobs] = line.split('|');
    if (name === undefined || name === '' || jobs === undefined) return [];
    return [
      {
        name,
        ...(wall !== undefined && parseDuration(wall) !== undefined ? { max_wall: wall } : {}),
        ...(/^\d+$/.test(submit ?? '') ? { max_submit: Number(submit) } : {}),
        ...(/^\d+$/.test(jobs) ? { max_jobs: Number(jobs) } : {}),
      },
    ];
  });
}

export interface Association {
  account: string;
  partition?: string;
  qos: readonly string[];
  max_submit?: number;
}

/** Lines of `sacctmgr -n -P show assoc user=U format=account,partition,qos,maxsubmit`. */
export function readAssociations(stdout: string): Association[] {
  return stdout.split('\n').flatMap((line) => {
    const [account, partition, qos, submit] = line.split('|');
    if (account === undefined || account === '' || qos === undefined) return [];
    return [
      {
        account,
        ...(partition === undefined || partition === '' ? {} : { partition }),
        qos: qos.split(',').filter((name) => name !== ''),
        ...(/^\d+$/.test(submit ?? '') ? { max_submit: Number(submit) } : {}),
      },
    ];
  });
}

/** A value of `scontrol show config`. */
export const configValue = (stdout: string, name: string): string | undefined =>
  new RegExp(`^${name}\\s*= (.*)$`, 'm').exec(stdout)?.[1]?.trim();
