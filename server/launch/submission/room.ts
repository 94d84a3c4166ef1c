import { join } from 'node:path';
import { z } from 'zod';
import { digest } from '../../model/digest.ts';
import { makeFolder, readTextIfThere, writeText } from '../../model/files.ts';
import type { Problem } from '../../model/problem.ts';
import { roomFor } from '../../slurm/room.ts';
import { readSiteLimits, type SiteLimits } from '../../slurm/site_limits.ts';
import type { Context } from '../context.ts';
import type { Cluster } from '../open_cluster.ts';
import type { LaunchItem } from './launch_items.ts';

const DAY_MS = 86_400_000;
const number = z.number().optional();
const recorded = z.object({
  asked: z.string(),
  limits: z.object({
    max_array_size: number,
    default_account: z.string().optional(),
    default_partition: z.string().optional(),
    partition_qos: z.record(z.string(), z.string()),
    associations: z.array(
      z.object({ account: z.string(), partition: z.string(), default_qos: z.string(), max_submit: number, group_submit: number }),
    ),
    qos: z.record(z.string(), z.object({ max_submit: number, group_submit: number })),
  }),
});
const NONE: SiteLimits = { partition_qos: {}, associations: [], qos: {} };

/** The site's limits, asked for once a day and kept with the other facts about sites. */
export async function limitsOf({ profile, scheduler, connection }: Cluster, context: Context): Promise<SiteLimits> {
  if (scheduler.name !== 'slurm') return NONE;
  const folder = join(context.state_dir, 'sites');
  const path = join(folder, `${profile.name}-${digest(connection.where).slice(0, 8)}.json`);
  const kept = read(readTextIfThere(path));
  const age = kept === undefined ? Number.NaN : context.now().getTime() - Date.parse(kept.asked);
  if (kept !== undefined && age >= 0 && age < DAY_MS) return kept.limits as SiteLimits;
  const { limits, complete } = await readSiteLimits(connection, context.signal);
  if (!complete) return limits;
  makeFolder(folder);
  writeText(path, `${JSON.stringify({ asked: context.now().toISOString(), limits })}\n`);
  return limits;
}

function read(text: string | undefined): z.infer<typeof recorded> | undefined {
  try {
    return text === undefined ? undefined : recorded.parse(JSON.parse(text));
  } catch {
    // Damaged or of another version: asked for again.
    return undefined;
  }
}

/** For each script in turn: undefined where the queue has room for its job, else the limit that has none. */
export async function fullLimits(cluster: Cluster, scripts: readonly string[], context: Context): Promise<readonly (string | undefined)[]> {
  if (cluster.scheduler.name !== 'slurm') return scripts.map(() => undefined);
  const limits = await limitsOf(cluster, context);
  return (await roomFor(cluster.connection, scripts, limits, cluster.profile.limits.max_submit, context.signal)).full;
}

/** What was sent before is finished whatever the room; of the rest, what does not fit waits, with the limit that has no room. */
export async function byRoom(cluster: Cluster, items: readonly LaunchItem[], context: Context) {
  const fresh = items.filter(({ open }) => !open);
  const full = await fullLimits(
    cluster,
    fresh.map(({ files }) => files.script),
    context,
  );
  const wait = fresh.flatMap((item, index) => {
    const why = full[index];
    return why === undefined ? [] : [{ item, why }];
  });
  const waiting = new Set(wait.map(({ item }) => item));
  return { go: items.filter((item) => !waiting.has(item)), wait };
}

/** Told before the launch: nothing is wrong, but not everything goes at once. */
export async function roomWarning(cluster: Cluster, files: readonly { script: string }[], context: Context): Promise<Problem[]> {
  const full = await fullLimits(
    cluster,
    files.map(({ script }) => script),
    context,
  );
  const waiting = full.filter((why) => why !== undefined);
  if (waiting[0] === undefined) return [];
  return [
    {
      severity: 'warning',
      where: `cluster ${cluster.profile.name}`,
      what: `the queue has room for ${full.length - waiting.length} of these ${full.length} jobs now: ${waiting[0]}`,
      fix: 'nothing to do: launch_runs submits those; the others wait, and monitor_jobs or launch_runs submit them as jobs end',
    },
  ];
}
