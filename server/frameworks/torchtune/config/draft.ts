import { errorInPlan, inPlan, type Position } from '../../../model/plan.ts';
import type { Problem } from '../../../model/problem.ts';
import { FLOATS } from '../keys/float_keys.ts';
import type { Dialect } from '../versions/dialect.ts';
import { DEFAULT_REASONS } from './default_reasons.ts';
import { omegaConfFault, type YamlValue, yamlFloat, yamlValue } from './yaml_value.ts';

/** A value, and the cell of the plan that it comes from; a default comes from none. */
export interface Chosen<T extends YamlValue = YamlValue> {
  value: T;
  at?: Position | undefined;
}

interface Entry {
  text: string;
  value: YamlValue;
  /** Beside the value: where it comes from, when it does not follow from the layout. */
  comment?: string | undefined;
}

const isBelow = (key: string, above: string): boolean => key.startsWith(`${above}.`);
const same = (a: YamlValue, b: YamlValue): boolean => a === b || (Array.isArray(a) && String(a) === String(b));

/** A config while it is being put together: dotted keys in the order in which they are written. */
export class Draft {
  readonly problems: Problem[] = [];
  private readonly entries = new Map<string, Entry>();
  /** Of the entries those that the plan set: few, and asked for often. */
  private readonly planned = new Map<string, Position>();

  /** Of the version of torchtune that the config is for. */
  readonly dialect: Dialect;
  private readonly shipped: Readonly<Record<string, YamlValue>>;

  /** `shipped`: the values of the config that torchtune ships for such a run. */
  constructor(dialect: Dialect, shipped: Readonly<Record<string, YamlValue>> = {}) {
    this.dialect = dialect;
    this.shipped = shipped;
  }

  /** A value that follows from the layout, or from the cell `at`: neither the plan's own nor a default. */
  fixed(key: string, value: YamlValue, at?: Position): void {
    this.write(key, value, at, undefined);
  }

  /** A setting of the plan, or its default, which is marked as one. */
  chosen(key: string, { value, at }: Chosen): void {
    this.write(key, value, at, at === undefined ? this.whyDefault(key, value) : 'plan');
  }

  /** Forgets `key` and what lies under it. */
  remove(key: string): void {
    for (const known of [...this.entries.keys()])
      if (known === key || isBelow(known, key)) {
        this.entries.delete(known);
        this.planned.delete(known);
      }
  }

  error(at: Position, what: string, fix: string): void {
    this.problems.push(errorInPlan(at, what, fix));
  }

  warning(at: Position, what: string, fix: string): void {
    this.problems.push({ severity: 'warning', where: inPlan(at), what, fix });
  }

  value(key: string): YamlValue | undefined {
    return this.entries.get(key)?.value;
  }

  /** Is `key`, or something below it, set? */
  has(key: string): boolean {
    if (this.entries.has(key)) return true;
    for (const known of this.entries.keys()) if (isBelow(known, key)) return true;
    return false;
  }

  /** The cell of the plan that set `key`, if one did. */
  plannedAt(key: string): Position | undefined {
    return this.planned.get(key);
  }

  /** The cell of the plan that set `key`, what it lies under, or what lies below it. */
  plannedAround(key: string): Position | undefined {
    for (const [known, at] of this.planned) if (known === key || isBelow(known, key) || isBelow(key, known)) return at;
    return undefined;
  }

  string(key: string): string | undefined {
    const value = this.value(key);
    return typeof value === 'string' ? value : undefined;
  }

  /** Dotted keys under `section`, without it. */
  keysUnder(section: string): string[] {
    return [...this.entries.keys()].filter((key) => key.startsWith(`${section}.`)).map((key) => key.slice(section.length + 1));
  }

  /** Top-level names, in their order. */
  sections(): string[] {
    const names = new Set<string>();
    for (const key of this.entries.keys()) {
      const dot = key.indexOf('.');
      names.add(dot === -1 ? key : key.slice(0, dot));
    }
    return [...names];
  }

  /** Top-level names, each with its scalar or its indented block. */
  view(): Record<string, string> {
    const view: Record<string, string> = {};
    const open = new Set<string>();
    for (const [key, { text, comment }] of this.entries) {
      const path = key.split('.');
      const [top = ''] = path;
      const line = comment === undefined ? text : `${text}  # ${comment}`;
      if (path.length === 1) {
        view[top] = line;
        continue;
      }
      let block = view[top] === undefined ? '' : `${view[top]}\n`;
      for (let depth = 1; depth < path.length - 1; depth++) {
        const parent = path.slice(0, depth + 1).join('.');
        if (!open.has(parent)) block += `${'  '.repeat(depth)}${path[depth]}:\n`;
        open.add(parent);
      }
      view[top] = `${block}${'  '.repeat(path.length - 1)}${path.at(-1)}: ${line}`;
    }
    return view;
  }

  private whyDefault(key: string, value: YamlValue): string {
    const shipped = this.shipped[key];
    if (shipped === undefined || same(shipped, value)) return 'default';
    const reason = DEFAULT_REASONS[key];
    return `default${reason === undefined ? '' : `: ${reason}`} (shipped: ${String(shipped)})`;
  }

  private write(key: string, value: YamlValue, at: Position | undefined, comment: string | undefined): void {
    const fault = omegaConfFault(value);
    if (fault !== undefined) {
      const where = at === undefined ? 'the paths of this run' : inPlan(at);
      this.problems.push({ severity: 'error', where, what: `${key}: ${fault}`, fix: 'write it otherwise' });
    }
    const text = typeof value === 'number' && FLOATS.has(key) ? yamlFloat(value) : yamlValue(value);
    this.entries.set(key, { text, value, comment });
    if (at === undefined) this.planned.delete(key);
    else this.planned.set(key, at);
  }
}
