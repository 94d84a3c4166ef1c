import type { Framework } from '../model/framework.ts';
import { misspeltModel } from '../model/model_kin.ts';
import { didYouMean } from '../model/nearest.ts';
import type { PlannedModel, Position, Setting } from '../model/plan.ts';
import type { Complaints } from './complaints.ts';
import type { PlanDocument, TableLines } from './document.ts';
import { columnsOf, eachRow, type Row, requiredColumn } from './plan_table.ts';
import { scalar } from './read_setting.ts';
import { MODEL_COLUMNS } from './table_columns.ts';

/** No spaces, no `..`: the name becomes a folder under the cluster's models folder. */
export const entryNameFault = (name: string): string | undefined =>
  /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/.test(name) && !name.split('/').some((part) => part === '..' || part === '')
    ? undefined
    : 'use letters, digits and . _ - / , starting with a letter or digit';

const sizesOfAll = (framework: Framework | undefined): string[] => [
  ...new Set(
    (framework?.builders ?? []).flatMap((builder) => {
      const sizes = framework?.builderSizes(builder);
      return [...(sizes?.required ?? []), ...(sizes?.optional ?? [])];
    }),
  ),
];

export function readModels(
  document: PlanDocument,
  table: TableLines,
  framework: Framework | undefined,
  complaints: Complaints,
): Map<string, PlannedModel> {
  const models = new Map<string, PlannedModel>();
  const columns = columnsOf(document, table, complaints);
  const nameColumn = requiredColumn(columns, 'model', 'Models', table, complaints);
  const index = (name: string): number => columns.findIndex((column) => column.name === name);
  const [pathColumn, builderColumn] = [index('path'), index('builder')];
  const sizeNames = sizesOfAll(framework);
  const sizeColumns: { name: string; column: number }[] = [];
  for (const [column, { name, written, at }] of columns.entries()) {
    if (name === '' || MODEL_COLUMNS.some((known) => known === name)) continue;
    if (sizeNames.includes(name)) sizeColumns.push({ name, column });
    else if (framework !== undefined)
      complaints.error(at, `unknown column "${written}" in Models`, didYouMean(name, [...MODEL_COLUMNS, ...sizeNames]));
  }

  eachRow(document, table, columns, complaints, (row) => {
    const written = row.text(nameColumn);
    const at = row.at(nameColumn);
    if (written === undefined) {
      if (nameColumn !== -1) complaints.error(at, 'a row of Models without a model', 'name the model, or remove the row');
      return;
    }
    const nameFault = entryNameFault(written);
    if (nameFault !== undefined) complaints.error(at, `"${written}" cannot name a model`, nameFault);
    const builder = row.text(builderColumn);
    const name = builder === undefined ? (framework?.canonicalModel(written) ?? written) : written;
    const twin = models.get(name);
    if (twin !== undefined) {
      complaints.error(
        at,
        `duplicate model "${written}"`,
        `line ${twin.at.line} has it already; keep one, or give each tuning of it a name of its own and write ${twin.builder ?? name} as its builder`,
      );
      return;
    }
    const sizes = readSizes(row, sizeColumns);
    const path = row.text(pathColumn);
    models.set(name, { name, ...(path === undefined ? {} : { path }), ...(builder === undefined ? {} : { builder }), sizes, at });
    if (framework === undefined) return;
    if (builder !== undefined) checkBuilder(framework, { name, builder, sizes, at: row.at(builderColumn) }, complaints);
    else {
      for (const [size, setting] of sizes)
        complaints.error(setting.at, `model "${written}" has ${size} but no builder`, 'name its builder, or clear the cell');
      if (framework.canonicalModel(written) === undefined && nameFault === undefined) {
        const { what, fix } = framework.unknownModel(written);
        complaints.error(at, what, fix);
      }
    }
  });
  return models;
}

function readSizes(row: Row, columns: readonly { name: string; column: number }[]): Map<string, Setting> {
  const sizes = new Map<string, Setting>();
  for (const { name, column } of columns) {
    const text = row.text(column);
    if (text === undefined) continue;
    sizes.set(name, { value: scalar(text), at: row.at(column) });
  }
  return sizes;
}

function checkBuilder(
  framework: Framework,
  { name, builder, sizes, at }: { name: string; builder: string; sizes: ReadonlyMap<string, Setting>; at: Position },
  complaints: Complaints,
): void {
  const wanted = framework.builderSizes(builder);
  if (wanted === undefined) {
    const meant = misspeltModel(builder, [...framework.builders, ...framework.known_models]);
    const all = `use ${framework.builders.join(' or ')} with its sizes, or the known model that it was tuned from`;
    complaints.error(at, `unknown builder "${builder}"`, meant === undefined ? all : `did you mean "${meant}"?`);
    return;
  }
  const missing = wanted.required.filter((size) => !sizes.has(size));
  if (missing.length > 0)
    complaints.error(at, `model "${name}" lacks ${missing.join(', ')}`, `builder ${builder} needs them: add these columns to Models`);
  const all = [...wanted.required, ...wanted.optional];
  for (const [size, setting] of sizes)
    if (!all.includes(size))
      complaints.error(setting.at, `builder ${builder} has no ${size}`, all.length === 0 ? 'clear the cell' : didYouMean(size, all));
    else {
      const range = wanted.rangeMissed(size, setting.value);
      if (range !== undefined) complaints.error(setting.at, `${size} cannot be "${String(setting.value)}"`, `it must be ${range}`);
    }
}
