import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';
import { settingsOf } from '../../../server/model/plan.ts';
import { type Cells, configText, requestFor, TINY_LLAMA3 } from '../example_plan.ts';

function textOf(cells: Cells, example?: Parameters<typeof requestFor>[1]): string {
  return configText(requestFor(cells, example));
}

describe('a rendered config', () => {
  it('is whole: LoRA on one GPU with a prompt', async () => {
    const text = textOf({ method: 'lora', lora_rank: 8, lr: 3e-4, epochs: 1, batch_size: 4, prompt: 'Capitalise: {input}\\n' });
    await expect(text).toMatchFileSnapshot('../golden/llama_3_2_1b_lora.yaml');
  });

  it('is whole: full training on two nodes of four GPUs', async () => {
    const cells = { method: 'full', gpus: 4, nodes: 2, max_seq_len: 2048, packed: true, warmup_steps: 20, fsdp_cpu_offload: true };
    await expect(textOf(cells, { model: 'Llama-3.1-8B-Instruct' })).toMatchFileSnapshot('../golden/llama_3_1_8b_full_distributed.yaml');
  });

  it('is whole: QLoRA of a chat data set on two GPUs', async () => {
    const example = {
      model: 'Llama-3.2-3B-Instruct',
      dataset: { path: '/scratch/data/chats.jsonl', format: 'chat', system_prompt: 'Be: brief' },
    };
    const cells = { method: 'qlora', lora_rank: 64, gpus: 2, 'optimizer.betas': '[0.9, 0.95]', 'profiler.wait_steps': 3 };
    await expect(textOf(cells, example)).toMatchFileSnapshot('../golden/llama_3_2_3b_qlora_distributed.yaml');
  });

  it('is whole: DoRA of a model of any size on the CPU', async () => {
    const cells = { method: 'dora', gpus: 0, lr_scheduler: 'constant', max_steps_per_epoch: 5 };
    await expect(textOf(cells, { model: 'tiny', planned: TINY_LLAMA3 })).toMatchFileSnapshot('../golden/tiny_dora_cpu.yaml');
  });

  it('of a model that was tuned from a known one is that one’s, from a folder of its own', () => {
    const tuned = textOf({}, { model: 'ours-2', planned: { builder: 'gemma-2-2b' } });
    expect(tuned).toBe(textOf({}, { model: 'gemma-2-2b' }).replaceAll('/scratch/models/gemma-2-2b', '/scratch/models/ours-2'));
  });

  it('gives the same text twice', () => {
    expect(textOf({ method: 'lora' })).toBe(textOf({ method: 'lora' }));
  });

  it('takes the spelling of torchtune for a setting of the plan', () => {
    expect(textOf({ 'tokenizer.max_seq_len': 512, 'optimizer.lr': '1e-5', 'dataset.packed': 'yes' })).toBe(
      textOf({ max_seq_len: 512, lr: 1e-5, packed: true }),
    );
  });

  it.each<[string, Cells, Cells]>([
    ['torchtune’s spelling', { lr: 1e-3, packed: true }, { 'optimizer.lr': 1e-5, 'dataset.packed': false }],
    ['the plan’s', { 'optimizer.lr': 1e-3, 'dataset.packed': true }, { lr: 1e-5, packed: false }],
  ])('lets a run’s value in %s win over the default in the other', (_what, defaults, cells) => {
    const request = requestFor(cells);
    const plan = { ...request.plan, defaults: requestFor(defaults).run.own };
    expect(configText({ ...request, plan, settings: settingsOf(plan, request.run) })).toBe(textOf({ lr: 1e-5, packed: false }));
  });

  it.each([
    ['csv', '/d/a.csv', 'source: csv\n  data_files: /d/a.csv'],
    ['parquet', '/d/a.parquet', 'source: parquet\n  data_files: /d/a.parquet'],
    ['jsonl', '/d/a.jsonl', 'source: json\n  data_files: /d/a.jsonl'],
    ['a folder', '/d/words', 'source: /d/words\n  split: train'],
    ['a Hugging Face data set', 'tatsu-lab/alpaca', 'source: tatsu-lab/alpaca\n  split: train'],
  ])('reads %s', (_what, path, expected) => {
    expect(textOf({}, { dataset: { path } })).toContain(expected);
  });

  it.each(['/d/words', 'someone/squad', '/d/words.jsonl'])('reads the field of %s that the plan names', (path) => {
    expect(textOf({}, { dataset: { path, field: 'data' } })).toContain('  field: data  # plan\n  split: train\n');
  });

  it.each([
    ['no', false],
    ['Off', false],
    ['yes', true],
    ['on', true],
  ])('reads %s as %s where torchtune has a flag', (word, value) => {
    expect(textOf({ shuffle: word })).toBe(textOf({ shuffle: value }));
  });

  it('maps the columns of the data set', () => {
    expect(textOf({}, { dataset: { input_column: 'question', output_column: 'on' } })).toContain(
      '  column_map:\n    input: question  # plan\n    output: "on"  # plan\n',
    );
    expect(textOf({}, { dataset: { format: 'completion', input_column: 'body' } })).toContain('  column: body  # plan\n');
    expect(textOf({}, { dataset: { format: 'chat', input_column: 'conversations' } })).toContain(
      '  conversation_style: sharegpt  # default\n',
    );
  });

  it('keeps the default warm-up inside a run whose length is known', () => {
    expect(textOf({ max_steps_per_epoch: 20, epochs: 2 })).toContain('num_warmup_steps: 4  # default: so that short runs');
    expect(textOf({ max_steps_per_epoch: 9 })).toContain('num_warmup_steps: 0  # default: so that short runs');
    expect(textOf({})).toContain('num_warmup_steps: 10  # default: so that short runs');
  });

  it('lists the checkpoint files that the plan names', () => {
    const text = textOf({ 'checkpointer.checkpoint_files': 'a.safetensors, b.safetensors' }, { model: 'Llama-3.1-8B-Instruct' });
    expect(text).toContain('  checkpoint_files: [a.safetensors, b.safetensors]  # plan\n');
    expect(text).not.toContain('filename_format');
  });
});

describe('a model', () => {
  it.each([
    ['Llama-3.2-1B-Instruct', 'Llama-3.2-1B-Instruct'],
    ['meta-llama/Llama-3.2-1B-Instruct', 'Llama-3.2-1B-Instruct'],
    ['llama3_2/1B', 'Llama-3.2-1B-Instruct'],
    ['llama3_2_1b', 'Llama-3.2-1B-Instruct'],
    ['torchtune.models.llama3_2.llama3_2_1b', 'Llama-3.2-1B-Instruct'],
    ['meta-llama/llama-3.2-1b', 'Llama-3.2-1B'],
    ['llama3_1/8B', 'Meta-Llama-3.1-8B-Instruct'],
    ['Llama-3.1-8B-Instruct', 'Llama-3.1-8B-Instruct'],
    ['qwen2_5/7B', 'Qwen2.5-7B-Instruct'],
    ['GPT-2', undefined],
  ])('%s is %s', (name, canonical) => {
    expect(torchtune.canonicalModel(name)).toBe(canonical);
  });
});
