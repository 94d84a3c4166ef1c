import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, isFinal } from '../experiment/attempts.ts';
import type { ExperimentsRoot } from '../experiment/experiments_root.ts';
import { differenceFrom, type FileOutcome, type WriteOptions, writeGenerated } from '../experiment/generated_file.ts';
import { withExperimentLock } from '../experiment/lock.ts';
import { refuseLinksOut } from '../experiment/place.ts';
import { journalOf } from '../launch/experiment.ts';
import type { PlannedRun } from '../model/plan.ts';
import { type Problem, refuseErrors } from '../model/problem.ts';
import { keptFile } from './setup_experiment_dirs.ts';

export interface FileOutcomes {
  byOutcome: Record<FileOutcome, string[]>;
  /** Those of `kept` that belong to a job that has not ended. */
  held: string[];
  problems: Problem[];
}

/** Writes one generated file of each run, under the experiment's lock. A text is made when its turn comes: ten thousand are never held at once. */
export async function writeRunFiles(
  dir: string,
  root: ExperimentsRoot,
  file: string,
  texts: readonly { run: PlannedRun; text: () => string }[],
  options: { overwrite?: boolean | undefined; dry_run?: boolean | undefined },
  tool: string,
): Promise<FileOutcomes> {
  const outcomes: FileOutcomes = { byOutcome: { created: [], updated: [], unchanged: [], kept: [] }, held: [], problems: [] };
  const write = { overwrite: options.overwrite ?? false, dry_run: options.dry_run ?? false };
  const work = async (): Promise<void> => {
    refuseObstacles(dir, root, file, texts);
    // Read under the lock: another server may have launched meanwhile.
    const { attempts } = journalOf(dir);
    for (const { run, text } of texts)
      writeOne(join(dir, run.name, file), `${run.name}/${file}`, run.name, text(), attempts.get(run.name)?.at(-1));
  };
  const writeOne = (path: string, where: string, run: string, text: string, attempt: Attempt | undefined): void => {
    const live = attempt !== undefined && !isFinal(attempt.state) ? attempt : undefined;
    const { outcome, diff } = live === undefined ? writeGenerated(path, text, 'hash', write) : writeBesideJob(path, text, write);
    outcomes.byOutcome[outcome].push(run);
    if (diff === undefined) return;
    if (live !== undefined) outcomes.held.push(run);
    outcomes.problems.push(live === undefined ? keptFile(where, diff, tool) : heldFile(where, diff, live));
  };
  await (write.dry_run ? work() : withExperimentLock(dir, work));
  return outcomes;
}

/** The job reads its config when it starts, perhaps hours from now: what it was launched with is not replaced under it. */
function writeBesideJob(path: string, text: string, write: WriteOptions): { outcome: FileOutcome; diff?: string } {
  const { outcome } = writeGenerated(path, text, 'hash', { overwrite: true, dry_run: true });
  if (outcome === 'created') return writeGenerated(path, text, 'hash', write);
  return outcome === 'updated' ? { outcome: 'kept', diff: differenceFrom(path, text, 'hash') } : { outcome };
}

const heldFile = (where: string, diff: string, { attempt, job_id, state }: Attempt): Problem => ({
  severity: 'warning',
  where,
  what: `attempt ${attempt} (${job_id === undefined ? '' : `job ${job_id}, `}${state}) has not ended and trains with this file, so it was kept, whatever overwrite says; the difference:\n${diff}`,
  fix: 'give the new settings to a new run; or wait for the end of the job (monitor_jobs) or cancel it (cancel_runs), then call again',
});

/** Told before the first file is written, so that nothing is half done. */
function refuseObstacles(dir: string, root: ExperimentsRoot, file: string, texts: readonly { run: PlannedRun }[]): void {
  const problems: Problem[] = [];
  for (const { run } of texts) {
    const path = join(dir, run.name, file);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) refuseLinksOut([path], root);
    if (found?.isDirectory())
      problems.push({ severity: 'error', where: `${run.name}/${file}`, what: 'it is a folder where a file belongs', fix: 'move it away' });
  }
  refuseErrors(`no ${file} was written`, problems);
}
