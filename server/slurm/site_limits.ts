import type { Connection } from '../clusters/connection.ts';
import { frame } from '../clusters/frame.ts';
import { sacctIsAbsent } from './sacct.ts';
import { configValue } from './site_facts.ts';

/** How many jobs one may have in the queue, as far as the site tells. */
export interface SiteLimits {
  max_array_size?: number;
  default_account?: string;
  default_partition?: string;
  /** The QOS that a partition adds to every job in it, by partition. */
  partition_qos: Readonly<Record<string, string>>;
  associations: readonly { account: string; partition: string; default_qos: string; max_submit?: number; group_submit?: number }[];
  /** By name. `group_submit` is for all users together. */
  qos: Readonly<Record<string, { max_submit?: number; group_submit?: number }>>;
}

const SACCTMGR = 'LC_ALL=C sacctmgr -n -P show';

/** One command, to be asked rarely: slurmctld answers it with two requests, the database with three. */
export async function readSiteLimits(connection: Connection, signal: AbortSignal): Promise<{ limits: SiteLimits; complete: boolean }> {
  const user = `"\${USER:-$(id -un)}"`;
  const asked = frame([
    { name: 'config', command: 'LC_ALL=C scontrol show config' },
    { name: 'partitions', command: 'LC_ALL=C scontrol -o show partition' },
    { name: 'user', command: `${SACCTMGR} user ${user} format=defaultaccount` },
    { name: 'assoc', command: `${SACCTMGR} assoc user=${user} format=account,partition,defaultqos,maxsubmit,grpsubmit` },
    { name: 'qos', command: `${SACCTMGR} qos format=name,maxsubmitpu,grpsubmit` },
  ]);
  const answers = asked.read(await connection.run(asked.command, { timeoutMs: 90_000, signal }));
  const said = (name: string): string => (answers.get(name)?.code === 0 ? (answers.get(name)?.stdout ?? '') : '');
  const limits = siteLimits({
    config: said('config'),
    partitions: said('partitions'),
    user: said('user'),
    assoc: said('assoc'),
    qos: said('qos'),
  });
  // A site without accounting has no limits of this kind; one whose database is down may have.
  const silent = [...answers.values()].some(({ code, stderr }) => code !== 0 && !sacctIsAbsent(code, stderr));
  return { limits, complete: !silent };
}

type Words = 'config' | 'partitions' | 'user' | 'assoc' | 'qos';

/** A part that could not be asked is empty, and then limits nothing: sbatch itself still refuses. */
export function siteLimits(said: Readonly<Record<Words, string>>): SiteLimits {
  const partitions = [...said.partitions.matchAll(/^PartitionName=(\S+) (.*)$/gm)].map(([, name = '', rest = '']) => ({
    name,
    qos: /(?:^| )QoS=(\S+)/.exec(rest)?.[1] ?? 'N/A',
    is_default: / Default=YES( |$)/.test(` ${rest}`),
  }));
  const default_account = said.user.trim().split('\n')[0] ?? '';
  const default_partition = partitions.find(({ is_default }) => is_default)?.name;
  return {
    ...whole('max_array_size', configValue(said.config, 'MaxArraySize')),
    ...(default_account === '' ? {} : { default_account }),
    ...(default_partition === undefined ? {} : { default_partition }),
    partition_qos: Object.fromEntries(partitions.filter(({ qos }) => qos !== 'N/A').map(({ name, qos }) => [name, qos])),
    associations: rows(said.assoc, 5).map(([account = '', partition = '', default_qos = '', submit, group]) => ({
      account,
      partition,
      default_qos,
      ...whole('max_submit', submit),
      ...whole('group_submit', group),
    })),
    qos: Object.fromEntries(
      rows(said.qos, 3).map(([name = '', submit, group]) => [name, { ...whole('max_submit', submit), ...whole('group_submit', group) }]),
    ),
  };
}

const rows = (text: string, fields: number): string[][] =>
  text
    .split('\n')
    .map((line) => line.split('|'))
    .filter((row) => row.length >= fields && row[0] !== '');

const whole = <Name extends string>(name: Name, text: string | undefined): { [name in Name]?: number } =>
  /^\d+$/.test(text ?? '') ? ({ [name]: Number(text) } as { [name in Name]?: number }) : {};
