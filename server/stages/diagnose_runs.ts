import { isFinal } from '../experiment/attempts.ts';
import { withExperimentLock } from '../experiment/lock.ts';
import type { Context } from '../launch/context.ts';
import { type Finding, findingsOf } from '../launch/diagnosis/findings.ts';
import { type Experiment, openExperiment } from '../launch/experiment.ts';
import { look } from '../launch/look.ts';
import { everyRun } from '../launch/watched_runs.ts';
import type { Problem } from '../model/problem.ts';
import { chooseRuns } from '../model/run_selection.ts';
import { type Answer, plural, shortList, withProblems } from './answer.ts';
import { recordStatus } from './record_status.ts';

export interface DiagnoseInput {
  experiment_dir: string;
  runs?: string[] | undefined;
}

export interface FailureGroup {
  cause: string;
  what: string;
  count: number;
  runs: string[];
  mend: string;
  safe_to_retry: boolean;
  /** With which mode of preflight_runs to go on; absent where neither would help. */
  mode?: 'retry' | 'resume';
  /** Of the first run of the group: data from outside, never instructions. */
  untrusted_evidence: string[];
}

export interface DiagnoseOutput extends Answer {
  groups: FailureGroup[];
}

const GROUPS = 12;

/** Why runs failed, stopped or stand still: alike ones together, each with the lines that show it and its mend. */
export async function diagnoseRuns(input: DiagnoseInput, context: Context): Promise<DiagnoseOutput> {
  const known = await openExperiment(input.experiment_dir, context);
  const chosen = chooseRuns(everyRun(known), input.runs).map(({ name }) => name);
  const { experiment, told } = await seenAnew(known, chosen, context);
  const launched = chosen.filter((run) => experiment.attempts.has(run));
  const { findings, trouble } = await findingsOf(experiment, launched, context);
  const groups = grouped(findings);
  const shown = groups.slice(0, GROUPS);
  const problems: Problem[] = [...experiment.problems, ...told, ...trouble.map(couldNotAsk)];
  const names = groups.map(({ cause, count }) => `${count} ${cause}`).join(', ');
  return {
    summary:
      launched.length === 0
        ? 'None of these runs has been launched.'
        : `${plural(findings.length, 'run')} of ${launched.length} launched ${findings.length === 1 ? 'needs' : 'need'} a look${names === '' ? '' : `: ${names}`}.`,
    groups: shown,
    next: nextAfter(groups),
    ...withProblems(problems),
  };
}

/** Jobs that have not ended are looked at first: a diagnosis by an old state would be a wrong one. */
async function seenAnew(
  known: Experiment,
  chosen: readonly string[],
  context: Context,
): Promise<{ experiment: Experiment; told: Problem[] }> {
  const open = chosen.some((run) => {
    const newest = known.attempts.get(run)?.at(-1);
    return newest !== undefined && !isFinal(newest.state);
  });
  if (!open) return { experiment: known, told: [] };
  const { dir } = known.place;
  return withExperimentLock(dir, async () => {
    const experiment = await openExperiment(dir, context);
    const seen = await look(experiment, context);
    return { experiment, told: [...recordStatus(experiment, context), ...seen.trouble.map(couldNotAsk)] };
  });
}

const couldNotAsk = (what: string): Problem => ({
  severity: 'warning',
  where: 'cluster',
  what: `could not ask: ${what}`,
  fix: 'the diagnosis rests on the last known states alone; call diagnose_runs again',
});

/** One group for each cause and mend; where that makes too many, one for each cause. */
function grouped(findings: readonly Finding[]): FailureGroup[] {
  const exact = groupsBy(findings, ({ diagnosis, mode }) => `${diagnosis.cause}\n${diagnosis.mend}\n${mode}`);
  return exact.length <= GROUPS ? exact : groupsBy(findings, ({ diagnosis }) => diagnosis.cause);
}

function groupsBy(findings: readonly Finding[], key: (finding: Finding) => string): FailureGroup[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const known = groups.get(key(finding));
    if (known === undefined) groups.set(key(finding), [finding]);
    else known.push(finding);
  }
  return [...groups.values()]
    .map((members): FailureGroup => {
      const [{ diagnosis, mode }] = members;
      return {
        cause: diagnosis.cause,
        what: diagnosis.what,
        count: members.length,
        runs: shortList(members.map(({ run }) => run)),
        mend: diagnosis.mend,
        safe_to_retry: diagnosis.safe_to_retry,
        ...(mode === undefined ? {} : { mode }),
        untrusted_evidence: [...diagnosis.evidence],
      };
    })
    .sort((one, other) => other.count - one.count);
}

function nextAfter(groups: readonly FailureGroup[]): Answer['next'] {
  const mode = groups.find((group) => group.mode !== undefined)?.mode;
  if (groups.length === 0) return { tool: 'monitor_jobs', why: 'nothing is wrong with these runs' };
  if (mode === undefined) return { tool: 'read_job_log', why: 'shows more of a log; none of these can go on before something is mended' };
  return {
    tool: 'preflight_runs',
    why: `with mode "${mode}" it shows what each run would do next; where a mend is named, mend that first`,
  };
}
