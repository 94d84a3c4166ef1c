import type { Remade } from '../../../model/framework.ts';
import { editConfig } from '../config/edit_config.ts';
import { at, numberAt, readTree } from '../reading/config_tree.ts';

/** Smaller batches, as many more of them to an optimizer step: the same samples and tokens make each step as before. */
export function easeMemory(config: string): Remade {
  const tree = readTree(config, 'finetune.yaml');
  const batch = numberAt(tree, 'batch_size') ?? 1;
  const accumulation = numberAt(tree, 'gradient_accumulation_steps') ?? 1;
  const inBackward = at(tree, 'optimizer_in_bwd') === true;
  if (batch > 1 && !inBackward) {
    const part = smallestDivisor(batch);
    const why = `less is on the device at once; the effective batch stays ${batch * accumulation} a device`;
    return remade(config, `batches of ${batch / part} instead of ${batch}`, [
      { key: 'batch_size', value: batch / part, why },
      { key: 'gradient_accumulation_steps', value: accumulation * part, why },
    ]);
  }
  const selective = at(tree, 'ac_mode') !== undefined && at(tree, 'ac_mode') !== null;
  if (at(tree, 'enable_activation_checkpointing') !== true && !selective) {
    const why = 'activations are computed again instead of kept: less memory, about a third more time, the same result';
    return remade(config, 'activation checkpointing', [{ key: 'enable_activation_checkpointing', value: true, why }]);
  }
  return {
    why_not:
      inBackward && batch > 1
        ? `activation checkpointing is on, and with optimizer_in_bwd smaller batches would change the effective batch of ${batch}`
        : 'batch_size is 1 and activation checkpointing is on; anything else would change what is trained',
    instead: 'ask for GPUs with more memory, or plan qlora, a smaller max_seq_len or more GPUs for this run and those it is compared with',
  };
}

function remade(config: string, what: string, edits: Parameters<typeof editConfig>[1]): Remade {
  const { text, changes } = editConfig(config, edits);
  return { text: `# Made to need less memory: ${what}.\n${text}`, changes };
}

function smallestDivisor(number: number): number {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return divisor;
  return number;
}
