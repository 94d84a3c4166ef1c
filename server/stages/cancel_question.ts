import type { Context } from '../launch/context.ts';
import { type CancelInput, cancelRuns } from './cancel_runs.ts';

/** Which jobs cancel_runs is about to end, for the person to agree to: to these and no others. */
export async function cancelQuestion(input: CancelInput, context: Context) {
  if (input.confirm !== undefined) return undefined;
  const { cancel_id, would_cancel, counts } = await cancelRuns(input, context);
  if (cancel_id === undefined) return undefined;
  return {
    ask: `Cancel ${counts.would_cancel === 1 ? 'this job' : `these ${counts.would_cancel} jobs`}? ${would_cancel.join(', ')}`,
    agreed: { confirm: cancel_id },
  };
}
