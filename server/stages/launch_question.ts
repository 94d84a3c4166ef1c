import { join } from 'node:path';
import { noPlan } from '../experiment/no_plan.ts';
import { isFolder, placeOf } from '../experiment/place.ts';
import type { Context } from '../launch/context.ts';
import { SCRIPT_FILE } from '../launch/run_files.ts';
import { loadPreflight } from '../launch/submission/preflight_record.ts';
import { readTextIfThere } from '../model/files.ts';
import { gpuHours } from '../slurm/script_header.ts';
import { plural } from './answer.ts';

interface LaunchInput {
  experiment_dir: string;
  preflight_id: string;
  confirm?: boolean | undefined;
}

/** What launch_runs is about to spend, for the person to agree to. */
export async function launchQuestion(input: LaunchInput, context: Context) {
  if (input.confirm === true) return undefined;
  const { dir, name } = placeOf(input.experiment_dir, context.root);
  if (!isFolder(dir)) throw noPlan(input.experiment_dir, dir, context.root);
  const { cluster, items } = loadPreflight(dir, input.preflight_id);
  const hours = items
    .map(({ run, own }) => own?.script ?? readTextIfThere(join(dir, run, SCRIPT_FILE)))
    .reduce((sum, script) => sum + (script === undefined ? 0 : gpuHours(script)), 0);
  const changed = items.filter(({ own }) => own !== undefined).length;
  const differ = changed === 0 ? '' : ` ${changed} of them with other settings than the plan's.`;
  return {
    ask: `Launch ${plural(items.length, 'job')} of ${name} on cluster ${cluster}, at most ${Math.round(hours * 10) / 10} GPU-hours?${differ}`,
    agreed: { confirm: true },
  };
}
