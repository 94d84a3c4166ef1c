import { type Connection, ConnectionError } from '../clusters/connection.ts';
import { frame } from '../clusters/frame.ts';
import { shellQuote } from '../model/shell_quote.ts';
import { PLAIN_ENVIRONMENT } from './plain_environment.ts';
import { directives } from './script_header.ts';
import type { SiteLimits } from './site_limits.ts';

/** A job that is in the queue now; all of one's own are asked for, whoever submitted them. */
interface QueuedJob {
  qos: string;
  account: string;
  partition: string;
}

/** One limit on the number of jobs in the queue. */
interface Limit {
  most: number;
  /** `your limit of 3 jobs in QOS limited`. */
  name: string;
  /** Of everybody's jobs in this QOS, not of one's own. */
  group_qos?: string;
  holds(job: QueuedJob): boolean;
}

export interface Room {
  /** In the scripts' order: undefined where the job has room, else the limit that has none. */
  full: readonly (string | undefined)[];
}

/** Which of these scripts have room in the queue now, the first first. Nothing is asked where no limit is known. */
export async function roomFor(
  connection: Connection,
  scripts: readonly string[],
  limits: SiteLimits,
  maxSubmit: number | undefined,
  signal: AbortSignal,
): Promise<Room> {
  const jobs = scripts.map((script) => placeOf(script, limits));
  const holding = new Map<string, Limit>();
  for (const job of jobs) for (const limit of limitsOn(job, limits, maxSubmit)) holding.set(limit.name, limit);
  if (holding.size === 0) return { full: scripts.map(() => undefined) };
  const queued = await queueOf(connection, [...holding.values()], signal);
  const used = new Map([...holding].map(([name, limit]) => [name, inUse(limit, queued)]));
  const full = jobs.map((job) => {
    const own = [...holding.values()].filter((limit) => limit.holds(job));
    const met = own.find(({ name, most }) => (used.get(name) ?? 0) >= most);
    if (met !== undefined) return met.name;
    for (const { name } of own) used.set(name, (used.get(name) ?? 0) + 1);
    return undefined;
  });
  return { full };
}

/** What the script asks for, or what Slurm gives a job that does not say. */
function placeOf(script: string, limits: SiteLimits): QueuedJob {
  const asked = directives(script);
  const account = asked.get('account') ?? limits.default_account ?? '';
  const partition = (asked.get('partition') ?? limits.default_partition ?? '').split(',')[0] ?? '';
  const own = limits.associations.find((one) => one.account === account && (one.partition === '' || one.partition === partition));
  return { account, partition, qos: asked.get('qos') ?? own?.default_qos ?? '' };
}

function limitsOn(job: QueuedJob, limits: SiteLimits, maxSubmit: number | undefined): Limit[] {
  const found: Limit[] = [];
  if (maxSubmit !== undefined) found.push({ most: maxSubmit, name: `max_submit ${maxSubmit} of the cluster profile`, holds: () => true });
  for (const { account, partition, max_submit, group_submit } of limits.associations) {
    const most = Math.min(max_submit ?? Number.POSITIVE_INFINITY, group_submit ?? Number.POSITIVE_INFINITY);
    const holds = (one: QueuedJob): boolean => one.account === account && (partition === '' || one.partition === partition);
    if (Number.isFinite(most) && holds(job)) found.push({ most, name: `the limit of ${most} jobs in account ${account}`, holds });
  }
  const of_partition = limits.partition_qos[job.partition];
  for (const qos of new Set([job.qos, ...(of_partition === undefined ? [] : [of_partition])])) {
    const { max_submit, group_submit } = limits.qos[qos] ?? {};
    const holds = (one: QueuedJob): boolean => one.qos === qos || limits.partition_qos[one.partition] === qos;
    if (max_submit !== undefined) found.push({ most: max_submit, name: `your limit of ${max_submit} jobs in QOS ${qos}`, holds });
    if (group_submit !== undefined)
      found.push({ most: group_submit, name: `the limit of ${group_submit} jobs of all users in QOS ${qos}`, group_qos: qos, holds });
  }
  return found;
}

async function queueOf(connection: Connection, limits: readonly Limit[], signal: AbortSignal) {
  const groups = [...new Set(limits.flatMap(({ group_qos }) => group_qos ?? []))];
  const asked = frame([
    { name: 'own', command: `${PLAIN_ENVIRONMENT} squeue -h -r --local -u "\${USER:-$(id -un)}" -o '%q|%a|%P'` },
    ...groups.map((qos) => ({
      name: `qos ${qos}`,
      command: `${PLAIN_ENVIRONMENT} squeue -h -r --local -q ${shellQuote(qos)} -o %i | wc -l`,
    })),
  ]);
  const answers = asked.read(await connection.run(asked.command, { timeoutMs: 60_000, signal }));
  const own = answers.get('own');
  if (own?.code !== 0) throw new ConnectionError(`squeue could not be asked for the room in the queue: ${own?.stderr.trim() ?? ''}`);
  const jobs = own.stdout.split('\n').flatMap((line): QueuedJob[] => {
    const [qos, account, partition] = line.split('|');
    return qos === undefined || account === undefined || partition === undefined ? [] : [{ qos, account, partition }];
  });
  return { jobs, groups: new Map(groups.map((qos) => [qos, Number(answers.get(`qos ${qos}`)?.stdout.trim()) || 0])) };
}

const inUse = (limit: Limit, queued: { jobs: readonly QueuedJob[]; groups: ReadonlyMap<string, number> }): number =>
  limit.group_qos === undefined ? queued.jobs.filter(limit.holds).length : (queued.groups.get(limit.group_qos) ?? 0);
