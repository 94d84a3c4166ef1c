import { z } from 'zod';
import { answer, profileEntry } from './shapes.ts';
import { defineTool } from './tool.ts';

const names = z.array(z.string());

export const checkClusterTool = defineTool({
  name: 'check_cluster',
  title: 'Check a cluster',
  description:
    'Connects to a cluster of clusters.yaml and says what is there: Slurm version, partitions, GPUs, accounts, limits, where `tune` is and which versions; and each thing that is missing with its mend. For a cluster that is not there yet, give profile with the little that is known: it proposes the whole entry, which add_cluster writes. Touches no experiment and submits nothing. Without a name it checks "local", this machine.',
  input: z.strictObject({
    cluster: z.string().min(1).optional().describe('Name of a profile in clusters.yaml, such as "della". Default: "local".'),
    profile: profileEntry
      .optional()
      .describe('A new cluster: an entry as in clusters.yaml, of which {"host": "della.example.edu"} is enough.'),
  }),
  output: z.object({
    ...answer,
    cluster: z.string(),
    proposal: z
      .object({ name: z.string(), profile: profileEntry, yaml: z.string(), because: names })
      .optional()
      .describe('For a new cluster: the entry to show to the person, and why each value is what it is.'),
    known_clusters: names,
    connection: z.string(),
    scheduler: z.string(),
    slurm_version: z.string().optional(),
    user: z.string().optional(),
    default_account: z.string().optional(),
    partitions: z.array(
      z.object({ name: z.string(), default: z.boolean(), up: z.boolean(), max_time: z.string(), nodes: z.number(), gpus: names }),
    ),
    qos: names,
    limits: z.record(z.string(), z.number()),
    software: z.record(z.string(), z.string()).describe("Versions after the profile's setup lines."),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  handler: async (input, context) => (await import('../stages/check_cluster.ts')).checkCluster(input, context),
});
