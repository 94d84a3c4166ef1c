import { readFileSync } from 'node:fs';
import type { AfterTraining } from '../../../model/framework.ts';
import { templatePath } from '../../../model/template_folder.ts';
import { readTree, stringAt } from '../reading/config_tree.ts';
import type { Dialect } from '../versions/dialect.ts';

let source: string | undefined;

/**
 * torchtune's adapters lack what PEFT needs to load them, some of their weights stand in the wrong order, and beside a whole model
 * an adapter would be applied twice. The job itself mends that, since only it is sure to be where the files are.
 */
export function afterTraining(dialect: Dialect, config: string): AfterTraining | undefined {
  if (!dialect.mends_saved) return undefined;
  const tree = readTree(config, 'finetune.yaml');
  const output = stringAt(tree, 'checkpointer.output_dir') ?? stringAt(tree, 'output_dir');
  const base = stringAt(tree, 'checkpointer.checkpoint_dir');
  const isHf = (stringAt(tree, 'checkpointer._component_') ?? '').endsWith('FullModelHFCheckpointer');
  if (output === undefined || base === undefined || !isHf) return undefined;
  source ??= readFileSync(templatePath('torchtune/finish_run.py'), 'utf8');
  const words = [output, base, stringAt(tree, 'checkpointer.model_type') ?? ''];
  return { doing: 'making the checkpoints fit for others to load', python: source, words };
}
