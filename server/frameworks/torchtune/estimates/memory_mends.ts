import { at, numberAt, readTree, stringAt, type Tree } from '../reading/config_tree.ts';
import { modelOf } from '../reading/read_config.ts';
import { launchOf } from '../reading/recipe_of.ts';
import type { Dialect } from '../versions/dialect.ts';
import { deviceMemory } from './memory_estimate.ts';

/** Ways to need less memory of a device with the effective batch unchanged, each with what it would then need; `room` GiB are there. */
export function memoryMends(dialect: Dialect, config: string, room: number): { change: string; device_memory_gib: number }[] {
  const tree = readTree(config, 'the config');
  const model = modelOf(dialect, tree);
  if (model === undefined) return [];
  const { nodes, gpus_per_node } = launchOf(config, tree, 'the config');
  const devices = nodes * gpus_per_node;
  if (devices === 0) return [];
  const teacher = modelOf(dialect, tree, 'teacher_model');
  const needing = (changed: Tree, on = devices): number => deviceMemory({ ...tree, ...changed }, model, on, teacher);
  const mends: { change: string; device_memory_gib: number }[] = [];
  const batch = numberAt(tree, 'batch_size') ?? 1;
  const accumulation = numberAt(tree, 'gradient_accumulation_steps') ?? 1;
  // Halved until it fits, as far as it can be halved.
  let small = batch;
  while (small % 2 === 0 && (small === batch || needing({ batch_size: small }) > room)) small /= 2;
  if (small < batch)
    mends.push({
      change: `batch_size ${small} with gradient_accumulation_steps ${(accumulation * batch) / small}`,
      device_memory_gib: needing({ batch_size: small }),
    });
  if (at(tree, 'enable_activation_checkpointing') !== true)
    mends.push({ change: 'activation_checkpointing true', device_memory_gib: needing({ enable_activation_checkpointing: true }) });
  const component = stringAt(tree, 'model._component_') ?? '';
  const section = at(tree, 'model') as Tree;
  if (/\.lora_/.test(component) && at(tree, 'model.quantize_base') !== true && at(tree, 'model.use_dora') !== true)
    mends.push({ change: 'method qlora', device_memory_gib: needing({ model: { ...section, quantize_base: true } }) });
  if (model.full === component && !/8bit/i.test(stringAt(tree, 'optimizer._component_') ?? ''))
    mends.push({
      change: 'optimizer paged_adamw8bit',
      device_memory_gib: needing({ optimizer: { _component_: 'bitsandbytes.optim.PagedAdamW8bit' } }),
    });
  if (accumulation % 2 === 0)
    mends.push({
      change: `gpus ${Math.max(1, gpus_per_node) * 2} with gradient_accumulation_steps ${accumulation / 2}`,
      device_memory_gib: needing({}, devices * 2),
    });
  else if (batch % 2 === 0)
    mends.push({
      change: `gpus ${Math.max(1, gpus_per_node) * 2} with batch_size ${batch / 2}`,
      device_memory_gib: needing({ batch_size: batch / 2 }, devices * 2),
    });
  return mends.sort((a, b) => a.device_memory_gib - b.device_memory_gib).slice(0, 3);
}
