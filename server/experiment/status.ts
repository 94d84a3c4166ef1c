import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readTextIfThere, writeText } from '../model/files.ts';
import type { Problem } from '../model/problem.ts';
import { type Attempt, changeText } from './attempts.ts';

export const STATUS_FILE = 'runs_status.yaml';

export interface StatusRun {
  name: string;
  type: 'fine-tune' | 'base';
}

/** The state of a run's newest attempt; before any: `planned`, and `not-trained` for a base run. */
export function runState(type: StatusRun['type'], attempts: readonly Attempt[] | undefined): string {
  return attempts?.at(-1)?.state ?? (type === 'base' ? 'not-trained' : 'planned');
}

/** The journal's readable face. Written anew whenever anything in it changed; `updated` alone is no change. */
export function writeStatus(
  experimentDir: string,
  experiment: string,
  runs: readonly StatusRun[],
  attempts: ReadonlyMap<string, readonly Attempt[]>,
  now: Date,
): Problem[] {
  const path = join(experimentDir, STATUS_FILE);
  const planned = new Set(runs.map((run) => run.name));
  const entries = runs.map((run): [string, Record<string, unknown>] => [run.name, runEntry(run, attempts.get(run.name))]);
  // A row that somebody took out of the plan does not take the run's jobs with it.
  for (const [name, known] of attempts)
    if (!planned.has(name)) entries.push([name, { ...runEntry({ name, type: 'fine-tune' }, known), in_plan: false }]);
  const body = Object.fromEntries(entries);
  const text = (updated: string): string =>
    `# What has happened. Only runwright writes this file; it is rebuilt from .runwright/journal.jsonl.\n${stringify(
      { experiment, updated, runs: body },
      { lineWidth: 0, aliasDuplicateObjects: false },
    )}`;
  const present = readTextIfThere(path);
  if (present !== undefined && present === text(/^updated: (.*)$/m.exec(present)?.[1] ?? '')) return [];
  const problems = present === undefined ? [] : damage(path, present);
  writeText(path, text(`${now.toISOString().slice(0, 19)}Z`));
  return problems;
}

function runEntry(run: StatusRun, attempts: readonly Attempt[] | undefined): Record<string, unknown> {
  const entry = { type: run.type, state: runState(run.type, attempts) };
  if (attempts === undefined) return entry;
  const shown = attempts.map(
    ({ attempt, cluster, job_id, state, submitted, started, ended, exit_code, node, reason, message, ...own }) => ({
      attempt,
      // Present only where the attempt is not the plan's.
      resumed_from: own.resumed_from === undefined ? undefined : `after ${own.resumed_from}`,
      changes: own.changes?.map(changeText),
      cluster,
      job_id,
      state,
      submitted,
      started,
      ended,
      exit_code,
      node,
      reason,
      message,
    }),
  );
  return { ...entry, attempts: shown };
}

/** A status damaged by hand is rebuilt; the damaged text is kept beside it, and told. */
function damage(path: string, text: string): Problem[] {
  try {
    const value: unknown = parse(text);
    if (typeof value === 'object' && value !== null && 'runs' in value) return [];
  } catch {
    // Told below.
  }
  writeText(`${path}.damaged`, text);
  return [
    {
      severity: 'warning',
      where: STATUS_FILE,
      what: 'the file was damaged and has been rebuilt from the journal',
      fix: `the damaged text is kept as ${STATUS_FILE}.damaged; delete that file when you no longer need it`,
    },
  ];
}
