import { z } from 'zod';
import { answer, profileEntry } from './shapes.ts';
import { defineTool, WRITES } from './tool.ts';

export const addClusterTool = defineTool({
  name: 'add_cluster',
  title: 'Add a cluster',
  description:
    "Writes one new entry into clusters.yaml: a cluster's profile, as check_cluster proposed it and the person agreed to it. Its setup lines run in every job there. Keeps the file's other lines and comments, never replaces an entry, and takes no secret. Connects to nothing: check_cluster does.",
  input: z.strictObject({
    cluster: z.string().min(1).describe('Name of the new cluster, such as "della".'),
    profile: profileEntry.describe(
      'The entry: connection (local, ssh, openssh), host, user, experiments_dir, models_dir, scheduler, defaults, gpu_request, setup, env, limits.',
    ),
    beside: z
      .enum(['user', 'project'])
      .optional()
      .describe("Which clusters.yaml: the user's own in the config folder (default), or the project's beside its experiments."),
  }),
  output: z.object({ ...answer, file: z.string(), yaml: z.string() }),
  annotations: WRITES,
  handler: async (input, context) => (await import('../stages/add_cluster.ts')).addCluster(input, context),
});
