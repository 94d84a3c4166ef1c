import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { didYouMean } from '../model/nearest.ts';
import type { Position } from '../model/plan.ts';
import { canonicalSetting } from '../model/settings.ts';
import type { Complaints } from './complaints.ts';
import type { PlanDocument } from './document.ts';

export const FRONT_MATTER_KEYS = ['experiment', 'framework', 'framework_version', 'cluster', 'created'] as const;
export type FrontMatterKey = (typeof FRONT_MATTER_KEYS)[number];

/** A value with its place: in the file, and as offsets in the front matter's text. */
export interface FrontMatterEntry {
  value: string;
  at: Position;
  range: readonly [number, number];
}

export type FrontMatter = ReadonlyMap<FrontMatterKey, FrontMatterEntry>;

export function readFrontMatter(document: PlanDocument, complaints: Complaints): FrontMatter {
  const entries = new Map<FrontMatterKey, FrontMatterEntry>();
  if (document.frontMatter === undefined) return entries;
  const { text, firstLine } = document.frontMatter;
  const counter = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: firstLine + line - 1, column: col };
  };
  const yaml = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  for (const fault of yaml.errors)
    complaints.error(at(fault.pos[0]), `the front matter is not YAML: ${fault.message}`, 'write lines such as "experiment: NAME"');
  if (yaml.errors.length > 0 || yaml.contents === null) return entries;
  if (!isMap(yaml.contents)) {
    complaints.error({ line: firstLine, column: 1 }, 'the front matter has no keys', 'write lines such as "experiment: NAME"');
    return entries;
  }
  for (const { key, value } of yaml.contents.items) {
    if (!isScalar(key)) continue;
    const written = String(key.value);
    const place = at(key.range?.[0] ?? 0);
    const name = FRONT_MATTER_KEYS.find((known) => known === canonicalSetting(written));
    if (name === undefined) {
      complaints.error(place, `unknown front-matter key "${written}"`, didYouMean(written, FRONT_MATTER_KEYS));
    } else if (entries.has(name)) {
      complaints.error(place, `duplicate front-matter key "${written}"`, 'keep one');
    } else if (isScalar(value) && value.range) {
      // The source, not the value: `experiment: 1e3` names a folder.
      const shown = typeof value.value === 'string' ? value.value : (value.source ?? '');
      const end = value.range[1];
      if (value.value !== null) entries.set(name, { value: shown, at: at(value.range[0]), range: [value.range[0], end] });
    } else if (value !== null) {
      complaints.error(place, `front-matter key "${written}" needs one value`, `write "${name}: VALUE"`);
    }
  }
  return entries;
}
