import { didYouMean } from '../model/nearest.ts';
import { inPlan, PLAN_FILE, type Plan, type PlannedRun } from '../model/plan.ts';
import { type Problem, refuseErrors } from '../model/problem.ts';
import { canonicalSetting } from '../model/settings.ts';
import { cellOf } from './cell_value.ts';
import { type PlanDocument, readDocument } from './document.ts';
import type { RevisionInput } from './input.ts';
import { LineEdits } from './line_edits.ts';
import { applyEntries, type Entry, insertSection, reviseEntries, says, tableFor } from './revise_entries.ts';
import { reviseFrontMatter } from './revise_front_matter.ts';
import { canonicalKeys, renderDatasets, renderDefaults, renderModels } from './write.ts';

export interface Revision {
  /** To be checked with `parsePlan` before it is written. */
  text: string;
  /** Names of runs. */
  added: string[];
  /** Runs whose row changed, or for which a default, model or dataset changed. */
  changed: string[];
  removed: string[];
  renamed: { from: string; to: string }[];
  /** Those of `changed` that have jobs: their next attempt would differ from the ones before. */
  changedLaunched: string[];
  /** Changes outside `Runs`: `cluster`, `Defaults: lr`, `Datasets: words_5L`. */
  elsewhere: string[];
}

/** Edits only the lines concerned; prose, order, comments and spacing stay. `plan` is what `text` says. */
export function revisePlan(text: string, plan: Plan, changes: RevisionInput, launched: ReadonlySet<string>): Revision {
  refuseErrors('the plan was not changed', faults(plan, changes, launched));
  const document = readDocument(text);
  const edits = new LineEdits(document);
  const front = reviseFrontMatter(document, changes, edits);
  const models = reviseEntries(document, edits, 'Models', changes.models ?? [], 'model', renderModels);
  const datasets = reviseEntries(document, edits, 'Datasets', changes.datasets ?? [], 'dataset', renderDatasets);
  const defaults = reviseDefaults(document, edits, changes.defaults ?? {});
  const runs = reviseRuns(document, edits, plan, changes);

  const removed = new Set(changes.remove_runs);
  const touched = (run: PlannedRun): boolean =>
    runs.changed.has(run.name) ||
    models.includes(run.model) ||
    (run.type === 'fine-tune' &&
      ((run.dataset !== undefined && datasets.includes(run.dataset)) || defaults.some((name) => !run.own.has(name))));
  const changed = plan.runs.filter((run) => !removed.has(run.name) && touched(run)).map(({ name }) => name);
  return {
    text: edits.toString(),
    added: runs.added,
    changed,
    removed: [...removed],
    renamed: Object.entries(changes.rename_runs ?? {}).map(([from, to]) => ({ from, to })),
    changedLaunched: changed.filter((name) => launched.has(name)),
    elsewhere: [
      ...front,
      ...models.map((name) => `Models: ${name}`),
      ...datasets.map((name) => `Datasets: ${name}`),
      ...defaults.map((name) => `Defaults: ${name}`),
    ],
  };
}

function faults(plan: Plan, changes: RevisionInput, launched: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  const byName = new Map(plan.runs.map((run) => [run.name, run]));
  const edited = new Set(changes.runs?.map(({ run }) => run));
  const check = (name: string, verb: 'removed' | 'renamed'): void => {
    const run = byName.get(name);
    const where = run === undefined ? PLAN_FILE : inPlan(run.at);
    const say = (what: string, fix: string): void => void problems.push({ severity: 'error', where, what, fix });
    if (run === undefined) say(`there is no run "${name}" to be ${verb}`, didYouMean(name, [...byName.keys()]));
    else if (launched.has(name)) say(`run "${name}" cannot be ${verb}: it has jobs`, 'leave it in the plan, and add a new run beside it');
    else if (edited.has(name)) say(`run "${name}" is to be changed and ${verb} at once`, 'do one of the two');
  };
  for (const name of new Set(changes.remove_runs)) check(name, 'removed');
  // Without a model it cannot be a new run.
  for (const given of changes.runs ?? []) {
    const name = given.run;
    if (!byName.has(name) && (canonicalKeys(given) as Entry).model === undefined)
      problems.push({
        severity: 'error',
        where: PLAN_FILE,
        what: `there is no run "${name}" to be changed, and a new one needs a model`,
        fix: didYouMean(name, [...byName.keys()]),
      });
  }
  for (const name of Object.keys(changes.rename_runs ?? {})) {
    check(name, 'renamed');
    if (changes.remove_runs?.includes(name))
      problems.push({
        severity: 'error',
        where: PLAN_FILE,
        what: `run "${name}" is to be removed and renamed at once`,
        fix: 'do one of the two',
      });
  }
  return problems;
}

function reviseDefaults(document: PlanDocument, edits: LineEdits, given: Entry): string[] {
  const changes = Object.entries(canonicalKeys(given)).filter(([, value]) => value !== undefined);
  if (changes.length === 0) return [];
  const table = tableFor(document, edits, 'Defaults');
  if (table === undefined) {
    const set = changes.filter(([, value]) => value !== null);
    if (set.length > 0) insertSection(document, edits, 'Defaults', renderDefaults(Object.fromEntries(set)));
    return set.map(([name]) => name);
  }
  const column = table.column('value');
  const lines = new Map(
    [...table.rows(table.column('setting'))].flatMap(([name, line]) => [[name, line] as const, [canonicalSetting(name), line] as const]),
  );
  const changed: string[] = [];
  for (const [name, value] of changes) {
    const line = lines.get(name);
    if (line === undefined && value === null) continue;
    if (line === undefined)
      table.addRow(
        new Map([
          ['setting', name],
          ['value', cellOf(name, value)],
        ]),
      );
    else if (value === null) table.removeRow(line);
    else if (says(table.text(line, column), name, value)) continue;
    else table.setCell(line, column, cellOf(name, value));
    changed.push(name);
  }
  return changed;
}

function reviseRuns(
  document: PlanDocument,
  edits: LineEdits,
  plan: Plan,
  changes: RevisionInput,
): { added: string[]; changed: Set<string> } {
  const table = tableFor(document, edits, 'Runs');
  if (table === undefined) return { added: [], changed: new Set() };
  const planned = new Map(plan.runs.map((run) => [run.name, run]));
  const entries = (changes.runs ?? []).map((given) => {
    const { model, ...entry } = canonicalKeys(given) as Entry;
    const run = planned.get(given.run);
    if (run === undefined) {
      const { type = 'fine-tune', ...rest } = entry;
      // Without a type column every run is a fine-tune run.
      return table.column('type') === -1 && type === 'fine-tune' ? { model, ...rest } : { type, model, ...rest };
    }
    // The model that it has already in another spelling, or a type that needs no column, is no change.
    const { type, ...rest } = entry;
    return { ...(type === run.type ? {} : { type }), ...(model === run.model ? {} : { model }), ...rest };
  });
  const { added, changed } = applyEntries(table, entries, 'run');
  const lines = table.rows(table.column('run'));
  for (const [from, to] of Object.entries(changes.rename_runs ?? {})) {
    const line = lines.get(from);
    if (line !== undefined) table.setCell(line, table.column('run'), cellOf('run', to));
  }
  for (const name of new Set(changes.remove_runs)) {
    const line = lines.get(name);
    if (line !== undefined) table.removeRow(line);
  }
  return { added, changed: new Set(changed) };
}
