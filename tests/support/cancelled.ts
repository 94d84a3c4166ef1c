import type { Context } from '../../server/launch/context.ts';
import { cancelRuns } from '../../server/stages/cancel_runs.ts';

/** Both steps: looks which jobs these are, and cancels them. */
export async function cancelled(input: { experiment_dir: string; runs?: string[]; state?: string }, context: Context) {
  const { cancel_id } = await cancelRuns(input, context);
  return cancelRuns({ ...input, ...(cancel_id === undefined ? {} : { confirm: cancel_id }) }, context);
}
