import type { Framework } from '../model/framework.ts';
import { didYouMean } from '../model/nearest.ts';
import type { Setting, Settings } from '../model/plan.ts';
import type { Complaints } from './complaints.ts';
import type { PlanDocument, TableLines } from './document.ts';
import type { ModelNames } from './model_names.ts';
import { columnsOf, eachRow, requiredColumn } from './plan_table.ts';
import { knownSetting, noneIsUnclear, readValue } from './read_setting.ts';

export function readDefaults(
  document: PlanDocument,
  table: TableLines,
  framework: Framework | undefined,
  names: ModelNames,
  complaints: Complaints,
): Settings {
  const defaults = new Map<string, Setting>();
  const seen = new Map<string, number>();
  const columns = columnsOf(document, table, complaints);
  for (const { name, written, at } of columns)
    if (!['', 'setting', 'value'].includes(name))
      complaints.error(at, `unknown column "${written}" in Defaults`, didYouMean(name, ['setting', 'value']));
  const nameColumn = requiredColumn(columns, 'setting', 'Defaults', table, complaints);
  const valueColumn = requiredColumn(columns, 'value', 'Defaults', table, complaints);

  eachRow(document, table, columns, complaints, (row) => {
    const written = row.text(nameColumn);
    const at = row.at(nameColumn);
    if (written === undefined) {
      if (nameColumn !== -1) complaints.error(at, 'a row of Defaults without a setting', 'name the setting, or remove the row');
      return;
    }
    const setting = knownSetting(written, framework, []);
    if ('fix' in setting) {
      complaints.error(at, `unknown setting "${written}"`, setting.fix);
      return;
    }
    const twin = seen.get(setting.name);
    if (twin !== undefined) {
      complaints.error(at, `duplicate setting "${written}"`, `line ${twin} sets it already; keep one`);
      return;
    }
    seen.set(setting.name, row.line);
    const text = row.text(valueColumn);
    const place = row.at(valueColumn);
    if (row.saysNone(valueColumn)) noneIsUnclear(setting, place, complaints);
    if (text === undefined) return;
    const value = readValue(setting, text, place, complaints);
    if (value !== undefined) defaults.set(setting.name, { value: names.inSetting(setting.name, value, place), at: place });
  });
  return defaults;
}
