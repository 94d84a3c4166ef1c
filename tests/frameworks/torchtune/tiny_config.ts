import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTinyModel } from '../../../demo/tiny_model.ts';
import { readTree, type Tree } from '../../../server/frameworks/torchtune/reading/config_tree.ts';
import { type Cells, configText, requestFor, TINY_LLAMA3 } from '../example_plan.ts';
import type { Edits } from './rule_cases/rule_case.ts';

/** A tiny model and 16 rows below `dir`, and what makes configs of two steps on them. */
export async function tinyTraining(dir: string): Promise<(cells: Cells, edits: Edits) => Tree> {
  const model_dir = join(dir, 'model');
  mkdirSync(model_dir, { recursive: true });
  await writeTinyModel(model_dir);
  const data = join(dir, 'rows.json');
  writeFileSync(data, JSON.stringify(Array.from({ length: 16 }, (_, index) => ({ input: `word ${index}`, output: `WORD ${index}` }))));
  return (cells, edits) => {
    const adapters = cells.method === 'full' ? {} : { save_adapter_weights_only: true };
    const request = requestFor(
      { gpus: 0, batch_size: 2, max_steps_per_epoch: 2, ...adapters, ...cells },
      { model: 'tiny', planned: TINY_LLAMA3, dataset: { path: data } },
    );
    const text = configText({ ...request, places: { run_dir: join(dir, 'run'), model_dir, teacher_dir: model_dir } });
    return edited(readTree(text, 'the config'), edits);
  };
}

/** The tree with some dotted keys set otherwise; undefined removes one. */
function edited(tree: Tree, edits: Edits): Tree {
  for (const [key, value] of Object.entries(edits)) {
    const parts = key.split('.');
    const name = parts.pop() ?? '';
    let node = tree;
    for (const part of parts) {
      node[part] ??= {};
      node = node[part] as Tree;
    }
    if (value === undefined) delete node[name];
    else node[name] = value;
  }
  return tree;
}
