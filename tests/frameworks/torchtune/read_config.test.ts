import { describe, expect, it } from 'vitest';
import { FRAMEWORK_NAMES, frameworkNamed } from '../../../server/frameworks/known.ts';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { UserError } from '../../../server/model/problem.ts';
import { type Cells, configText, requestFor } from '../example_plan.ts';

function factsOf(cells: Cells, model?: string) {
  const text = configText(requestFor(cells, model === undefined ? {} : { model }));
  return torchtune.readConfig(text, 'finetune.yaml');
}

const HAND_MADE = `
output_dir: /tmp/out
model: {_component_: torchtune.models.llama3_1.lora_llama3_1_8b, lora_rank: 8, lora_attn_modules: ['q_proj']}
checkpointer:
  _component_: torchtune.training.FullModelHFCheckpointer
  checkpoint_dir: /models/x/
  checkpoint_files: {filename_format: 'model-{}-of-{}.safetensors', max_filename: "00002"}
metric_logger: {log_dir: '\${output_dir}/logs'}
device: cuda
batch_size: 2
`;

describe('reading a config', () => {
  it('tells what the job needs, writes and takes', () => {
    expect(factsOf({ method: 'lora', lora_rank: 8, batch_size: 4 })).toEqual({
      recipe: 'lora_finetune_single_device',
      nodes: 1,
      gpus_per_node: 1,
      parameters: 1235814400,
      batch_size: 4,
      device_memory_gib: 13.2,
      training: {
        effective_batch: 32,
        epochs: 1,
        trainable_parameters: 5_308_416,
        checkpoint_bytes: 2_492_862_464,
        same_work: expect.stringMatching(/^[0-9a-f]{16}$/),
        similar_work: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
      needs: [
        { path: '/scratch/models/Llama-3.2-1B-Instruct', what: "the model's folder" },
        { path: '/scratch/models/Llama-3.2-1B-Instruct/config.json', what: "the model's config.json" },
        { path: '/scratch/models/Llama-3.2-1B-Instruct/model.safetensors', what: "the model's weights" },
        { path: '/scratch/models/Llama-3.2-1B-Instruct/original/tokenizer.model', what: "the tokenizer's file" },
        { path: '/scratch/data/words_5L.json', what: 'the data set' },
      ],
      writes: ['/scratch/e/a_run/artifacts', '/scratch/e/a_run/logs'],
    });
  });

  it('takes the devices from the header', () => {
    const facts = factsOf({ method: 'full', gpus: 4, nodes: 2 }, 'Llama-3.1-8B-Instruct');
    expect([facts.recipe, facts.nodes, facts.gpus_per_node]).toEqual(['full_finetune_distributed', 2, 4]);
    expect(torchtune.launchCommand(facts, '/e/r/finetune.yaml')).toEqual([
      ...['tune', 'run', '--nnodes', '2', '--rdzv_backend', 'c10d', '--rdzv_id', { of_job: 'id' }],
      ...['--rdzv_endpoint', { of_job: 'meeting_point' }, '--nproc_per_node', '4'],
      ...['full_finetune_distributed', '--config', '/e/r/finetune.yaml'],
    ]);
    expect(torchtune.launchCommand(factsOf({ gpus: 0 }), '/f.yaml')).toEqual([
      'tune',
      'run',
      'lora_finetune_single_device',
      '--config',
      '/f.yaml',
    ]);
    expect(factsOf({ gpus: 0 })).toMatchObject({ gpus_per_node: 0 });
  });

  it('infers the recipe of a hand-made file', () => {
    const facts = torchtune.readConfig(HAND_MADE, 'finetune.yaml');
    expect([facts.recipe, facts.gpus_per_node, facts.parameters]).toEqual(['lora_finetune_single_device', 1, 8030261248]);
    expect(facts.writes).toEqual(['/tmp/out', '/tmp/out/logs']);
    expect(facts.needs.map(({ path }) => path)).toEqual([
      '/models/x',
      '/models/x/config.json',
      '/models/x/model-00001-of-00002.safetensors',
      '/models/x/model-00002-of-00002.safetensors',
    ]);
  });

  it("takes the command line of torchtune's own configs", () => {
    const shipped = `#   tune run --nproc_per_node 2 lora_finetune_distributed --config llama3_1/8B_lora\n${HAND_MADE}`;
    expect(torchtune.readConfig(shipped, 'f')).toMatchObject({ recipe: 'lora_finetune_distributed', nodes: 1, gpus_per_node: 2 });
  });

  it.each([
    [
      'devices that are nowhere said',
      `${HAND_MADE}fsdp_cpu_offload: true\n`,
      'f: lora_finetune_distributed runs on several GPUs, and the file does not say how many; add the comment line "# tune run --nproc_per_node GPUS lora_finetune_distributed --config finetune.yaml" at the top',
    ],
    [
      'two recipes in the header',
      `# recipe: full_finetune_single_device\n# tune run lora_finetune_single_device --config finetune.yaml\n${HAND_MADE}`,
      'f: "# recipe: full_finetune_single_device" and "# tune run ... lora_finetune_single_device" disagree; make them name one recipe',
    ],
    [
      'no model',
      'a: 1\n',
      'f: it has no model._component_, so its recipe cannot be inferred; add the comment line "# recipe: RECIPE" at the top',
    ],
    ['a list', '- a\n', 'f: this is no torchtune config; it must have keys such as model and tokenizer'],
    [
      'no YAML',
      'a: [\n',
      'f:2:1: this is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 1:',
    ],
  ])('asks about %s', (_what, text, message) => {
    expect(() => torchtune.readConfig(text, 'f')).toThrow(new UserError(message));
  });

  it('estimates the memory of a GPU near what torchtune publishes', () => {
    const model = 'Llama-3.1-8B-Instruct';
    const cells = { batch_size: 2, max_seq_len: 2048, packed: true, activation_checkpointing: true };
    expect(factsOf({ ...cells, method: 'lora' }, model).device_memory_gib).toBe(22.4); // measured on an H200: 21.1
    expect(factsOf({ ...cells, method: 'qlora' }, model).device_memory_gib).toBeLessThan(13);
    expect(factsOf({ ...cells, method: 'full' }, model).device_memory_gib).toBeGreaterThan(60);
  });
});

describe('a framework', () => {
  it('is found by its name', () => {
    expect(FRAMEWORK_NAMES).toEqual(['torchtune']);
    expect(frameworkNamed('torchtune')).toBe(torchtune);
    expect(frameworkNamed('trl')).toBeUndefined();
  });
});
