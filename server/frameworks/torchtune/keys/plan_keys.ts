import { errorInPlan, inPlan, type Setting, type Settings } from '../../../model/plan.ts';
import type { Problem } from '../../../model/problem.ts';
import { SETTINGS } from '../../../model/settings.ts';
import type { Draft } from '../config/draft.ts';
import { notYet } from '../config/not_yet.ts';
import { textOfPlan } from '../config/prompt_section.ts';
import { valueOfCell, type YamlValue } from '../config/yaml_value.ts';
import { keyFault } from './key_faults.ts';
import { kindOf } from './key_kinds.ts';
import { NOT_FOR_THE_PLAN, SAME_AS_SETTING } from './own_keys.ts';

const cell = (setting: Setting): string =>
  Array.isArray(setting.value) ? setting.value.map(valueOfCell).join(' ') : String(setting.value);

/**
 * The settings with the framework's own spellings of them folded in, and the keys that only the framework knows. What the run's row
 * says (`row`) wins over Defaults, however either spells it; twice in one place is once too often where the values differ.
 */
export function foldSettings(
  given: Settings,
  row: Settings,
): { settings: Settings; own: ReadonlyMap<string, Setting>; problems: Problem[] } {
  const own = new Map<string, Setting>();
  const problems: Problem[] = [];
  let settings: Map<string, Setting> | undefined;
  for (const [key, setting] of given) {
    const name = SAME_AS_SETTING.get(key);
    if (name === undefined) {
      if (SETTINGS[key] === undefined) own.set(key, setting);
      continue;
    }
    const value = SETTINGS[name]?.read(cell(setting));
    const other = row.has(key) === row.has(name) ? given.get(name) : undefined;
    const error = (what: string, fix: string): void => {
      problems.push(errorInPlan(setting.at, what, fix));
    };
    if (value === undefined) error(`${key} must be ${SETTINGS[name]?.range ?? 'a value'}, not "${cell(setting)}"`, 'correct it');
    else if (other !== undefined && cell(other) !== String(value))
      error(`${key} ${cell(setting)} contradicts ${name} ${cell(other)} (${inPlan(other.at)})`, `keep only ${name}`);
    else if (row.has(key) || !row.has(name)) {
      settings ??= new Map(given);
      settings.set(name, { value, at: setting.at });
    }
  }
  return { settings: settings ?? given, own, problems };
}

const FILES = /^((?:\w+_)?checkpointer\.checkpoint_files)(?:\.|$)/;

/** Keys whose values are texts of a person's, in which `\n` is a line break. */
const TEXTS = /^dataset(?:_val)?\.(?:new_system_prompt|delimiter)$|^tokenizer\.prompt_template\.\w+$/;

function ownValue(draft: Draft, key: string, { value, at }: Setting): YamlValue {
  const valueIn = (text: string): YamlValue => {
    const read = valueOfCell(text);
    return typeof read === 'string' && TEXTS.test(key) ? textOfPlan(draft, key, read, at) : read;
  };
  // The parts of a list come as they are written.
  if (typeof value === 'object') return value.map(valueIn);
  if (typeof value !== 'string') return value;
  const read = valueIn(value);
  // A string here would be taken for a list of letters.
  return key.endsWith('.checkpoint_files') && typeof read === 'string' ? read.split(/[\s,]+/) : read;
}

/** The plan's settings take yes and no, and YAML does where torchtune reads it: so do its keys. */
function readFlag(key: string, value: YamlValue): YamlValue {
  if (typeof value !== 'string' || kindOf(key, undefined)?.fits(true) !== true) return value;
  return /^(?:yes|on)$/i.test(value) ? true : /^(?:no|off)$/i.test(value) ? false : value;
}

const componentAt = (section: string, draft: Draft, own: ReadonlyMap<string, Setting>): string | undefined => {
  const said = own.get(`${section}._component_`)?.value;
  return typeof said === 'string' ? said : draft.string(`${section}._component_`);
};

/** Puts the plan's own keys over what the draft has, refusing what torchtune would not read and what is not the plan's to say. */
export function applyOwnKeys(draft: Draft, own: ReadonlyMap<string, Setting>, recipe: string, artifacts: string): void {
  if ([...own.keys()].some((key) => key.startsWith('profiler.'))) {
    draft.fixed('profiler._component_', 'torchtune.training.setup_torch_profiler');
    if (!own.has('profiler.enabled')) draft.fixed('profiler.enabled', true);
    if (!own.has('profiler.output_dir')) draft.fixed('profiler.output_dir', `${artifacts}/profile`);
  }
  for (const [key, setting] of own) {
    const reason = NOT_FOR_THE_PLAN.get(key);
    if (reason !== undefined) {
      draft.error(setting.at, `${key} cannot be set in the plan`, reason);
      continue;
    }
    const value = readFlag(key, ownValue(draft, key, setting));
    const other = notYet(key, value);
    if (other !== undefined) {
      draft.error(setting.at, other.what, other.fix);
      continue;
    }
    const fault = keyFault(draft.dialect, key, value, recipe, (section) => componentAt(section, draft, own));
    const said = draft.plannedAround(key);
    if (fault !== undefined) draft.error(setting.at, fault.what, fault.fix);
    else if (said !== undefined && key.includes('.'))
      draft.error(setting.at, `${key} is already set by ${inPlan(said)}`, 'keep one of them');
    else {
      // A list of files and a pattern for them exclude each other.
      const files = FILES.exec(key)?.[1];
      if (files !== undefined && (key === files || draft.value(files) !== undefined)) draft.remove(files);
      draft.chosen(key, { value, at: setting.at });
    }
  }
}
