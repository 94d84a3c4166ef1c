import { runState } from '../experiment/status.ts';
import { wayOutOfDoubt } from '../launch/diagnosis/way_out_of_doubt.ts';
import type { Experiment } from '../launch/experiment.ts';
import type { Look } from '../launch/look.ts';
import { watchedRuns } from '../launch/watched_runs.ts';

export interface Attention {
  run: string;
  state: string;
  why: string;
}

const MEANING: Record<string, string> = {
  FAILED: 'the training ended with an error',
  TIMEOUT: 'the time limit was reached',
  OUT_OF_MEMORY: 'the job used more host memory than it asked for',
  CANCELLED: 'somebody cancelled the job',
  NODE_FAIL: 'its node failed',
  PREEMPTED: 'a job of higher priority took its place',
  BOOT_FAIL: 'its node did not start',
  DEADLINE: 'it could not end before its deadline',
};

/** Runs that a person should look at, worst first. */
export function attentionOf(experiment: Experiment, { progress, stalled }: Pick<Look, 'progress' | 'stalled'>): Attention[] {
  const list: Attention[] = [];
  for (const run of watchedRuns(experiment)) {
    const attempt = experiment.attempts.get(run.name)?.at(-1);
    if (attempt === undefined) continue;
    const state = runState(run.type, [attempt]);
    const seen = progress.get(run.name);
    if (state === 'uncertain')
      list.push({
        run: run.name,
        state,
        why: `${attempt.message ?? 'its submission was cut off'}; ${wayOutOfDoubt(attempt)}`,
      });
    else if (state === 'refused')
      list.push({
        run: run.name,
        state,
        why: `the cluster said: ${attempt.message}; mend what it names, then preflight_runs and launch_runs submit it again`,
      });
    else if (MEANING[state] !== undefined)
      list.push({
        run: run.name,
        state,
        why: `${MEANING[state]}${state === 'FAILED' && attempt.exit_code !== undefined ? ` (exit code ${attempt.exit_code})` : ''}; diagnose_runs tells why, and how to go on`,
      });
    else if (state === 'SUSPENDED')
      list.push({
        run: run.name,
        state,
        why: 'the job was suspended, by the site or for a job of higher priority; it goes on when Slurm resumes it',
      });
    else if (seen?.diverged === true) list.push({ run: run.name, state, why: 'its loss is NaN or infinite; a lower lr is the usual mend' });
    else if (stalled.has(run.name))
      list.push({ run: run.name, state, why: `${stalled.get(run.name)}; read its log, and cancel it if it does not move again` });
    else if (seen?.rising === true)
      list.push({ run: run.name, state, why: 'its loss has risen far above its best; a lower lr or clip_grad_norm is the usual mend' });
    if (state === 'COMPLETED' && seen !== undefined && (seen.step ?? 0) === 0)
      list.push({
        run: run.name,
        state,
        why: 'it ended without an error but its log has no training step: it has trained nothing; the usual cause is fewer rows than one batch',
      });
    else if (state === 'COMPLETED' && seen?.diverged === true)
      list.push({ run: run.name, state, why: 'it ended without an error, but its last loss is NaN or infinite' });
  }
  return list;
}
