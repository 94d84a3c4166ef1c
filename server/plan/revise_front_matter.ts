import { stringify } from 'yaml';
import { Complaints } from './complaints.ts';
import type { PlanDocument } from './document.ts';
import { FRONT_MATTER_KEYS, readFrontMatter } from './front_matter.ts';
import type { RevisionInput } from './input.ts';
import type { LineEdits } from './line_edits.ts';

/** Sets keys of the front matter, each on its own line; returns the keys that changed. */
export function reviseFrontMatter(document: PlanDocument, changes: RevisionInput, edits: LineEdits): string[] {
  const entries = readFrontMatter(document, new Complaints());
  const changed: string[] = [];
  const fresh: string[] = [];
  for (const key of FRONT_MATTER_KEYS) {
    const value = changes[key];
    const entry = entries.get(key);
    if (value === undefined || entry?.value === value) continue;
    changed.push(key);
    const written = stringify(value).trimEnd();
    const line = entry?.at.line ?? lineWithout(document, key);
    if (line === undefined) {
      fresh.push(`${key}: ${written}`);
    } else if (entry === undefined) {
      edits.replace(line, `${key}: ${written}`);
    } else {
      const from = entry.at.column - 1;
      const source = edits.get(line);
      edits.replace(line, source.slice(0, from) + written + source.slice(from + entry.range[1] - entry.range[0]));
    }
  }
  if (fresh.length === 0) return changed;
  if (document.frontMatter === undefined) edits.insertBefore(1, ['---', ...fresh, '---', '']);
  else edits.insertBefore(closingFence(document), fresh);
  return changed;
}

function closingFence(document: PlanDocument): number {
  const first = document.frontMatter?.firstLine ?? 1;
  for (let line = first; line <= document.lines.length; line += 1) if (/^---[ \t]*$/.test(document.lines[line - 1] ?? '')) return line;
  return first;
}

/** The line of a key that stands there without a value. */
function lineWithout(document: PlanDocument, key: string): number | undefined {
  if (document.frontMatter === undefined) return undefined;
  for (let line = document.frontMatter.firstLine; line < closingFence(document); line += 1)
    if (new RegExp(`^${key}[ \\t]*:[ \\t]*$`, 'i').test(document.lines[line - 1] ?? '')) return line;
  return undefined;
}
