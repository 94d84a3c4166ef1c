import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { configOf, cut, fullEpoch, loraEpoch, saved, state, without } from './saved_files.ts';

const LORA = configOf({ method: 'lora', save_adapter_weights_only: true, epochs: 5 });
const MERGED = configOf({ method: 'lora', save_adapter_weights_only: false, epochs: 5 });
const FULL = configOf({ method: 'full', epochs: 5 });

const verdicts = (config: string, files: Parameters<typeof torchtune.checkpoints>[1]): [number, string][] =>
  torchtune.checkpoints(config, files).map(({ epoch, complete, why }) => [epoch, complete ? 'complete' : (why ?? '')]);

describe('the checkpoints of a run', () => {
  it('are none before the first epoch has ended', () => {
    expect(torchtune.checkpoints(LORA, [{ path: 'logs/metrics.log', size: 5, modified: 1 }])).toEqual([]);
    expect(torchtune.checkpoints(LORA, [saved('torchtune_config.yaml', 1762, 1)])).toEqual([]);
  });

  it('are told with their files, the oldest first', () => {
    expect(torchtune.checkpoints(LORA, [...loraEpoch(10, 300), ...loraEpoch(9, 200), state(201)])).toEqual([
      {
        epoch: 9,
        complete: true,
        paths: ['adapter_config.json', 'adapter_model.pt', 'adapter_model.safetensors', 'config.json'].map(
          (name) => `artifacts/epoch_9/${name}`,
        ),
      },
      { epoch: 10, complete: true, paths: expect.arrayContaining(['artifacts/epoch_10/adapter_model.pt']) },
    ]);
  });

  it('are complete only with every file that the config makes torchtune write', () => {
    expect(verdicts(LORA, without(loraEpoch(0, 100), 'adapter_config.json'))).toEqual([[0, 'adapter_config.json is not there']]);
    expect(verdicts(LORA, cut(loraEpoch(0, 100), 'adapter_model.pt', 0))).toEqual([[0, 'adapter_model.pt is empty']]);
    expect(verdicts(MERGED, loraEpoch(0, 100))).toEqual([[0, 'model-00001-of-00001.safetensors is not there']]);
    expect(verdicts(MERGED, [...fullEpoch(0, 90), ...loraEpoch(0, 100)])).toEqual([[0, 'complete']]);
    expect(verdicts(FULL, without(fullEpoch(0, 100), 'model-00002-of-00002.safetensors'))).toEqual([
      [0, 'model-00002-of-00002.safetensors is not there'],
    ]);
    expect(verdicts(FULL, without(fullEpoch(0, 100), 'index.json'))).toEqual([[0, 'model.safetensors.index.json is not there']]);
  });

  it('are not complete when a file is shorter than its like of another epoch', () => {
    expect(verdicts(LORA, [...loraEpoch(0, 100), ...cut(loraEpoch(1, 200), 'adapter_model.safetensors', 40_960)])).toEqual([
      [0, 'complete'],
      [1, 'adapter_model.safetensors has 40960 bytes, in another epoch 86968'],
    ]);
  });

  it('are complete after the job has put the adapter beside the whole model into its own folder', () => {
    const tidied = [...fullEpoch(0, 90), ...loraEpoch(0, 100)].map((file) => ({
      ...file,
      path: file.path.replace(/adapter_(config.json|model.safetensors)$/, 'adapter/adapter_$1'),
    }));
    expect(verdicts(MERGED, tidied)).toEqual([[0, 'complete']]);
  });

  it('of Phi have no files for PEFT, which torchtune does not write for it', () => {
    const phi = LORA.replace(/model_type: \w+/, 'model_type: PHI3_MINI');
    expect(verdicts(phi, [saved('epoch_0/adapter_model.pt', 92_303, 100)])).toEqual([[0, 'complete']]);
  });

  it('that were saved asynchronously are complete with the file that is written last', () => {
    const config = `${configOf({ method: 'full', epochs: 3, gpus: 2 })}enable_async_checkpointing: true\n`;
    const part = saved('dist_epoch_0/__0_0.distcp', 4_000_000, 100);
    expect(verdicts(config, [part])).toEqual([[0, 'it has no .metadata, which is written last']]);
    expect(verdicts(config, [part, saved('dist_epoch_0/.metadata', 900, 101)])).toEqual([[0, 'complete']]);
  });

  it('are found wherever below the run their folder lies', () => {
    const moved = LORA.replaceAll('/a_run/artifacts', '/a_run/out/lora');
    const files = loraEpoch(0, 100).map((file) => ({ ...file, path: file.path.replace('artifacts/', 'out/lora/') }));
    expect(torchtune.checkpoints(moved, files)).toMatchObject([{ epoch: 0, complete: true }]);
    const beside = LORA.replaceAll('/a_run/artifacts', '/a_run');
    const top = loraEpoch(0, 100).map((file) => ({ ...file, path: file.path.replace('artifacts/', '') }));
    expect(torchtune.checkpoints(beside, top)).toMatchObject([{ epoch: 0, complete: true }]);
  });
});
