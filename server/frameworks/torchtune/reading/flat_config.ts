import type { YamlValue } from '../config/yaml_value.ts';
import { at, type Tree } from './config_tree.ts';

/** A config read from a file, by dotted keys, with `${...}` filled in. A list is one value. */
export class FlatConfig {
  private readonly values = new Map<string, YamlValue>();
  private readonly above = new Set<string>();
  private readonly referred: ReadonlySet<string>;

  constructor(tree: Tree) {
    this.referred = new Set([...JSON.stringify(tree).matchAll(/\$\{([\w.]+)\}/g)].map(([, key]) => key ?? ''));
    this.add(tree, tree, '');
  }

  value(key: string): YamlValue | undefined {
    return this.values.get(key);
  }

  /** Is `key`, or something below it, there? */
  has(key: string): boolean {
    return this.values.has(key) || this.above.has(key);
  }

  entries(): Iterable<[string, YamlValue]> {
    return this.values;
  }

  refersTo(key: string): boolean {
    return !key.includes('.') && this.referred.has(key);
  }

  private add(tree: Tree, node: Tree, prefix: string): void {
    for (const [name, value] of Object.entries(node)) {
      const key = `${prefix}${name}`;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        this.above.add(key);
        this.add(tree, value as Tree, `${key}.`);
      } else this.values.set(key, (typeof value === 'string' ? at(tree, key) : value) as YamlValue);
    }
  }
}
