import { type Document, isAlias, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from '../model/problem.ts';

export interface Entry {
  key: string;
  at: Node;
  value: Node | null;
}

/** Walks a YAML file whose every fault is told with its line and column. */
export class YamlReader {
  readonly problems: Problem[] = [];
  protected readonly document: Document;
  private readonly lines = new LineCounter();
  private readonly where: string;

  constructor(text: string, where: string) {
    this.document = parseDocument(text, { lineCounter: this.lines });
    this.where = where;
  }

  /** The lines of a mapping; none when it is empty; a problem when it is something else. */
  protected *entries(node: Node | null, what: string): Generator<Entry> {
    const map = this.resolved(node);
    if (!isMap(map)) {
      if (map !== null && map !== undefined && !(isScalar(map) && map.value === null))
        this.refuse(map, `${what} is ${shown(map.toJS(this.document))}`, 'it needs "key: value" lines');
      return;
    }
    for (const { key, value } of map.items)
      yield { key: String(isScalar(key) ? key.value : key), at: key as Node, value: value as Node | null };
  }

  protected resolved(node: Node | null): Node | null | undefined {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  protected refuse(at: Node | number, what: string, fix: string): void {
    const { line, col } = this.lines.linePos(typeof at === 'number' ? at : (at.range?.[0] ?? 0));
    this.problems.push({ severity: 'error', where: `${this.where}:${line}:${col}`, what, fix });
  }
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value !== 'object') return JSON.stringify(value);
  return Array.isArray(value) ? 'a list' : 'a mapping';
}
