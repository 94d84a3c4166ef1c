import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from '../../../model/problem.ts';
import { datasetNodes } from '../estimates/dataset_needs.ts';
import { componentFaults } from '../keys/component_faults.ts';
import { keyFault } from '../keys/key_faults.ts';
import { readTree, type Tree } from '../reading/config_tree.ts';
import { FlatConfig } from '../reading/flat_config.ts';
import { modelOf } from '../reading/read_config.ts';
import { launchOf } from '../reading/recipe_of.ts';
import type { Dialect } from '../versions/dialect.ts';
import { brokenRules } from './check.ts';

interface Fault {
  severity: Problem['severity'];
  /** Dotted; the file's first line when none is to blame. */
  key: string | undefined;
  what: string;
  fix: string;
}

/** What is wrong with a config that a person made or edited: nobody has checked it yet. `where` names the file. */
export function judgeConfig(dialect: Dialect, text: string, where: string): Problem[] {
  const tree = readTree(text, where);
  const launch = launchOf(text, tree, where);
  const nodes = datasetNodes(tree);
  const views = nodes.length > 0 ? nodes.map((node) => ({ ...tree, dataset: node })) : [tree];
  const packed = nodes.map((node) => node.packed === true);
  const found = new Map<string, Problem>();
  let placeOf: ((key: string | undefined) => string) | undefined;
  for (const [index, view] of views.entries()) {
    for (const { severity, key, what, fix } of faultsOf(dialect, view, tree, launch, packed)) {
      placeOf ??= places(text, where);
      const path = Array.isArray(tree.dataset) ? key?.replace(/^dataset\./, `dataset.${index}.`) : key;
      const problem = { severity, where: placeOf(path), what, fix };
      found.set(JSON.stringify([problem.where, what]), problem);
    }
  }
  return [...found.values()];
}

type Launch = ReturnType<typeof launchOf>;

function faultsOf(dialect: Dialect, view: Tree, tree: Tree, { recipe, nodes, gpus_per_node }: Launch, packed: readonly boolean[]): Fault[] {
  const config = new FlatConfig(view);
  const componentAt = (section: string): string | undefined => {
    const name = config.value(`${section}._component_`);
    return typeof name === 'string' ? name : undefined;
  };
  const faults: Fault[] = [];
  const wrong = new Set<string>();
  for (const [key, value] of config.entries()) {
    // A key that others refer to is a name of the person's own.
    if (config.refersTo(key)) continue;
    const fault = keyFault(dialect, key, value, recipe, componentAt);
    if (fault === undefined) continue;
    wrong.add(key);
    faults.push({ severity: fault.harmful ? 'error' : 'warning', key, what: fault.what, fix: fault.fix });
  }
  faults.push(
    ...componentFaults(dialect, componentAt, (key) => config.has(key)).map(({ section, what, fix }) => ({
      severity: 'error' as const,
      key: section,
      what,
      fix,
    })),
  );
  // Of a recipe of the person's own only its components are known.
  if (!dialect.recipes.includes(recipe)) return faults;
  for (const key of dialect.requiredBy(recipe).filter((name) => !config.has(name)))
    faults.push({ severity: 'error', key: undefined, what: `${recipe} needs ${key}, and the file has none`, fix: `add ${key}` });
  const judged = {
    version: dialect.version,
    known: dialect,
    recipe,
    cpu: gpus_per_node === 0 || view.device === 'cpu',
    nodes,
    devices: Math.max(1, nodes * gpus_per_node),
    model: modelOf(dialect, tree),
    teacher: modelOf(dialect, tree, 'teacher_model'),
    packed,
    value: (key: string) => config.value(key),
    given: (key: string) => config.has(key),
  };
  // What is wrong by itself is told once.
  for (const { rule, what, fix } of brokenRules(judged, dialect.rules, (key) => key))
    if (!rule.of_plans && !rule.at.some((key) => wrong.has(key)))
      faults.push({ severity: rule.weight === undefined ? 'error' : 'warning', key: rule.at.find((key) => config.has(key)), what, fix });
  return faults;
}

/** `run/finetune.yaml:12:3` of a key, or of the nearest one above it that is there. */
function places(text: string, where: string): (key: string | undefined) => string {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { version: '1.1', lineCounter: lines });
  return (key) => {
    let node: unknown = contents;
    let offset = 0;
    for (const part of key?.split('.') ?? []) {
      const pair = isMap(node) ? node.items.find((item) => String(item.key) === part) : undefined;
      const next: unknown = pair?.value ?? (isSeq(node) ? node.items[Number(part)] : undefined);
      const at = ((pair?.key ?? next) as Node | undefined)?.range?.[0];
      if (at === undefined) break;
      offset = at;
      node = next;
    }
    const { line, col } = lines.linePos(offset);
    return `${where}:${line}:${col}`;
  };
}
