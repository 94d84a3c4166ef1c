import { isFinal, WAITING } from '../../experiment/attempts.ts';
import type { PlannedRun } from '../../model/plan.ts';
import type { ChosenRuns } from '../again/again_runs.ts';
import type { Experiment } from '../experiment.ts';
import { type RunFiles, readRunFiles } from '../run_files.ts';
import { tried, WAITS } from '../tried.ts';

/** Runs that have never had a job, and why the others are left out. */
export function newRuns({ place, framework, attempts }: Experiment, runs: readonly PlannedRun[]): ChosenRuns {
  const left_out: Record<string, string[]> = {};
  const files: RunFiles[] = [];
  for (const { name } of runs) {
    const state = tried(attempts.get(name)).at(-1)?.state;
    if (state === undefined) {
      files.push(readRunFiles(place.dir, name, framework.config_file));
      continue;
    }
    const why = whyNotNew(state);
    left_out[why] = [...(left_out[why] ?? []), name];
  }
  return { files, left_out, problems: [] };
}

function whyNotNew(state: string): string {
  if (state === 'COMPLETED') return 'done';
  if (state === 'uncertain') return 'uncertain: monitor_jobs looks again';
  if (state === WAITING) return WAITS;
  return isFinal(state) ? `ended ${state}: use mode "retry" or "resume"` : 'already running';
}
