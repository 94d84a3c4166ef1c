import { join } from 'node:path';
import type { ClusterProfile } from '../../clusters/profile.ts';
import { differenceFrom, isUntouched, signed } from '../../experiment/generated_file.ts';
import { type PlannedRun, type Settings, settingsOf } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import { directives } from '../../slurm/script_header.ts';
import type { Experiment } from '../experiment.ts';
import { runPlaces } from '../places.ts';
import { type RunFiles, readRunFiles, SCRIPT_FILE } from '../run_files.ts';

/** Settings of a job, as its script names them. */
const OPTIONS = new Map([
  ['time', 'time'],
  ['mem', 'mem'],
  ['cpus', 'cpus-per-task'],
  ['partition', 'partition'],
  ['account', 'account'],
  ['qos', 'qos'],
  ['constraint', 'constraint'],
  ['reservation', 'reservation'],
  ['exclude', 'exclude'],
]);

/**
 * Files that are not what the plan gives now. What a stage wrote and nobody edited is older than the plan: an error, for the
 * run would train with other settings than those a person reads. What a person edited is theirs: told, in one word for all.
 */
export function olderThanPlan({ place, plan, framework }: Experiment, profile: ClusterProfile, runs: readonly PlannedRun[]): Problem[] {
  const problems: Problem[] = [];
  const older = new Map<string, string[]>();
  const edited: string[] = [];
  const tell = (difference: string, run: string): void => {
    older.set(difference, [...(older.get(difference) ?? []), run]);
  };
  for (const run of runs) {
    const settings = settingsOf(plan, run);
    const files = readRunFiles(place.dir, run.name, framework.config_file);
    if (!files.script.includes(files.config_sha256)) problems.push(scriptIsStale(run.name, framework.config_file));
    const places = runPlaces(profile, place, plan, run);
    if ('severity' in places) {
      problems.push(places);
      continue;
    }
    const rendered = framework.render({ plan, run, settings, places });
    if (!('text' in rendered)) problems.push(...rendered.problems);
    else if (signed(rendered.text, 'hash') !== files.config) {
      if (isUntouched(files.config))
        tell(
          `${framework.config_file}\n${differenceFrom(join(place.dir, run.name, framework.config_file), rendered.text, 'hash')}`,
          run.name,
        );
      else edited.push(run.name);
    }
    const script = isUntouched(files.script) ? scriptDifference(files, settings) : undefined;
    if (script !== undefined) tell(`${SCRIPT_FILE}\n${script}`, run.name);
  }
  for (const [difference, names] of older) {
    const file = difference.slice(0, difference.indexOf('\n'));
    problems.push({
      severity: 'error',
      where: `${names[0]}/${file}${names.length > 1 ? ` and ${names.length - 1} more` : ''}`,
      what: `it is not what the plan gives now; the difference:${difference.slice(file.length)}`,
      fix:
        file === SCRIPT_FILE ? 'run `generate_slurm_script` again' : `run \`${framework.config_tool}\` and \`generate_slurm_script\` again`,
    });
  }
  if (edited.length > 0)
    problems.push({
      severity: 'warning',
      where: `${edited[0]}/${framework.config_file}${edited.length > 1 ? ` and ${edited.length - 1} more` : ''}`,
      what: 'it was edited by hand, and is not what the plan gives',
      fix: `nothing, if that is meant; \`${framework.config_tool}\` shows the difference, and with overwrite writes it anew`,
    });
  return problems;
}

/** What the plan names for the job and the script has otherwise. */
function scriptDifference({ script }: RunFiles, settings: Settings): string | undefined {
  const asked = directives(script);
  const lines = [...OPTIONS].flatMap(([setting, option]) => {
    const wish = settings.get(setting);
    if (wish === undefined || asked.get(option) === String(wish.value)) return [];
    return [`-#SBATCH --${option}=${asked.get(option) ?? ''}\n+#SBATCH --${option}=${wish.value}`];
  });
  return lines.length === 0 ? undefined : lines.join('\n');
}

const scriptIsStale = (run: string, configFile: string): Problem => ({
  severity: 'error',
  where: `${run}/finetune.slurm`,
  what: `it was made for another ${configFile} than the one beside it, and the job would refuse to train`,
  fix: 'run `generate_slurm_script` again',
});
