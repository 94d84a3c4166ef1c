import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import type { RunFile } from '../../../server/model/framework.ts';
import { type Cells, requestFor } from '../example_plan.ts';

function configOf(cells: Cells): string {
  const rendered = torchtune.render(requestFor(cells));
  if (!('text' in rendered)) throw new Error(rendered.problems.map(({ what }) => what).join('; '));
  return rendered.text;
}

const MIB = 2 ** 20;
const at = (path: string, size: number, modified: number): RunFile => ({ path: `artifacts/${path}`, size, modified });
const loraEpoch = (epoch: number, modified: number): RunFile[] => [
  at(`epoch_${epoch}/adapter_model.pt`, 2 * MIB, modified),
  at(`epoch_${epoch}/adapter_model.safetensors`, 2 * MIB, modified + 0.1),
  at(`epoch_${epoch}/adapter_config.json`, 134, modified + 0.2),
  at(`epoch_${epoch}/config.json`, 600, 5),
];
const state = (modified: number, size = 4.1 * MIB): RunFile => at('recipe_state/recipe_state.pt', size, modified);
const bar = (total: number): string => `\r2|3|Loss: 1.5:  30%|###   | 3/${total} [00:10<00:20,  1.20s/it]`;

const ADAPTER = { method: 'lora', save_adapter_weights_only: true, epochs: 5 };

describe('a LoRA run that was stopped', () => {
  it('goes on from the epoch that the saved state belongs to, though a later adapter is there', () => {
    const files = [...loraEpoch(0, 100), ...loraEpoch(1, 200), state(201), ...loraEpoch(2, 300)];
    const config = configOf({ ...ADAPTER, max_steps_per_epoch: 10 });
    const remade = torchtune.resume(config, files, bar(10));
    expect(remade).toMatchObject({
      from: 'epoch 2 of 5',
      changes: [
        { setting: 'resume_from_checkpoint', from: 'false', to: 'true', why: 'goes on after epoch 2 of 5' },
        { setting: 'checkpointer.adapter_checkpoint', from: 'not set', to: 'epoch_1/adapter_model.pt' },
        { setting: 'checkpointer.recipe_checkpoint', from: 'null', to: 'recipe_state/recipe_state.pt' },
      ],
    });
  });
});
