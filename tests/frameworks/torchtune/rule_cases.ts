import type { YamlValue } from '../../../server/frameworks/torchtune/yaml_value.ts';
import { type Cells, type requestFor, TINY_LLAMA3 } from '../example_plan.ts';

type Example = Parameters<typeof requestFor>[1];
export type Edits = Readonly<Record<string, YamlValue | undefined>>;

/** A config that breaks a rule: from a plan, or made by hand (a plan's file with some keys set otherwise). */
export interface RuleCase {
  rule: string;
  cells?: Cells;
  example?: Example;
  edits?: Edits;
  tells: string;
}

const tiny: Example = { model: 'tiny', planned: TINY_LLAMA3 };
const model = (name: string): Example => ({ model: name });
const qat = { 'quantizer.groupsize': 32 };

export const RULE_CASES: readonly RuleCase[] = [
  { rule: 'dtype', cells: { dtype: 'fp16' }, tells: '40:1: dtype fp16 cannot be trained with; use bf16 or fp32' },
  { rule: 'dtype', edits: { dtype: 'fp16' }, tells: '75:1: dtype fp16 cannot be trained with; use bf16 or fp32' },
  {
    rule: 'offloading-needs-a-gpu',
    cells: { gpus: 0, activation_offloading: true },
    tells: '40:2: activation_offloading needs a GPU, and the run trains on the CPU; set it to false',
  },
  {
    rule: 'offloading-needs-checkpointing',
    cells: { activation_offloading: true },
    tells: '40:1: activation_offloading needs activation_checkpointing; set activation_checkpointing to true',
  },
  {
    rule: 'offloading-needs-checkpointing',
    edits: { enable_activation_offloading: true },
    tells: '77:1: enable_activation_offloading needs enable_activation_checkpointing; set enable_activation_checkpointing to true',
  },
  {
    rule: 'nodes-need-gpus',
    cells: { gpus: 0, nodes: 2 },
    tells: '40:2: several nodes need GPUs, and the run trains on the CPU; set nodes to 1, or gpus to at least 1',
  },
  {
    rule: 'distributed-on-the-cpu',
    cells: { gpus: 2 },
    edits: { device: 'cpu', log_peak_memory_stats: false },
    tells: '74:1: lora_finetune_distributed needs GPUs, and device is cpu; set device to cuda, or take the recipe for a single device',
  },
  {
    rule: 'no-device-index',
    cells: { gpus: 2 },
    edits: { device: 'cuda:1' },
    tells: '74:1: device is "cuda:1", and each process of lora_finetune_distributed takes the GPU of its own number; set device to cuda',
  },
  {
    rule: 'merged-on-the-cpu',
    cells: { gpus: 0, epochs: 2 },
    tells:
      '40:2: on the CPU torchtune writes wrong merged checkpoints from the second epoch on; set save_adapter_weights_only to true, or epochs to 1',
  },
  {
    rule: 'too-large-for-a-cpu',
    cells: { gpus: 0 },
    example: model('Llama-3.3-70B-Instruct'),
    tells: '40:1: Llama-3.3-70B-Instruct on a CPU will hardly end; set gpus',
  },
  {
    rule: 'seed-of-the-last-rank',
    cells: { seed: 4294967295, gpus: 4 },
    tells: '40:1: seed 4294967295 is too large for 4 devices, each of which adds its number; use at most 4294967292',
  },
  {
    rule: 'memory-stats-of-a-cpu',
    cells: { gpus: 0, log_peak_memory_stats: true },
    tells: '40:2: log_peak_memory_stats has no effect on the CPU; remove it',
  },
  {
    rule: 'ac-mode-with-checkpointing',
    cells: { method: 'full', gpus: 2, activation_checkpointing: true, ac_mode: 'full' },
    tells:
      '40:4: ac_mode together with activation_checkpointing switches both off in torchtune 0.6.1; set activation_checkpointing to false',
  },
  {
    rule: 'ac-option-needs-selective',
    cells: { method: 'full', gpus: 2, ac_option: 2 },
    tells: '40:3: ac_option has no effect unless ac_mode is selective; set ac_mode to selective, or remove ac_option',
  },
  {
    rule: 'selective-needs-ac-option',
    cells: { method: 'full', gpus: 2, ac_mode: 'selective' },
    tells: '40:3: ac_mode selective needs ac_option; set ac_option to the number n of "every n-th layer", or to op',
  },
  {
    rule: 'tensor-parallel-plan',
    cells: { method: 'full', gpus: 2, tensor_parallel_dim: 2 },
    tells: '40:3: tensor_parallel_dim needs a tensor parallel plan; set tensor_parallel_plan._component_, or remove it',
  },
  {
    rule: 'tensor-parallel-plan-alone',
    cells: { method: 'full', gpus: 2, 'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan' },
    tells: '40:3: tensor_parallel_plan has no effect without tensor_parallel_dim; set tensor_parallel_dim, or remove it',
  },
  {
    rule: 'tensor-parallel-devices',
    cells: {
      method: 'full',
      gpus: 6,
      tensor_parallel_dim: 4,
      'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan',
    },
    tells: '40:3: tensor_parallel_dim 4 does not divide the 6 GPUs of the run; use a divisor of 6',
  },
  {
    rule: 'tensor-parallel-fused',
    cells: {
      method: 'full',
      gpus: 2,
      tensor_parallel_dim: 2,
      'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan',
      'optimizer.fused': true,
    },
    tells: '40:5: tensor_parallel_dim excludes the fused optimizer; set optimizer.fused to false',
  },
  {
    rule: 'tensor-parallel-heads',
    cells: {
      method: 'full',
      gpus: 16,
      tensor_parallel_dim: 16,
      'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan',
    },
    example: model('Llama-3.1-8B-Instruct'),
    tells: '40:3: tensor_parallel_dim 16 does not divide the 8 key/value heads of the model; use a divisor of 8',
  },
  {
    rule: 'qat-needs-gpus',
    cells: qat,
    tells:
      '40:1: quantisation-aware training needs several GPUs: torchtune 0.6.1 has only distributed recipes for it; set gpus to at least 2, or remove the quantizer',
  },
  {
    rule: 'qat-without-compile',
    cells: { ...qat, gpus: 2, compile: true },
    tells: '40:3: quantisation-aware training excludes compile; set compile to false',
  },
  {
    rule: 'qat-without-dora-or-qlora',
    cells: { ...qat, gpus: 2, method: 'dora' },
    tells: '40:3: DoRA excludes quantisation-aware training; use plain LoRA or train all weights, or remove the quantizer',
  },
  {
    rule: 'in-backward-without-accumulation',
    cells: { method: 'full', optimizer_in_bwd: true, gradient_accumulation_steps: 2 },
    tells:
      '40:3: optimizer_in_bwd excludes gradient accumulation, and gradient_accumulation_steps is 2; set gradient_accumulation_steps to 1, or remove optimizer_in_bwd',
  },
  {
    rule: 'in-backward-without-clipping',
    cells: { method: 'full', optimizer_in_bwd: true, gradient_accumulation_steps: 1, clip_grad_norm: 1 },
    tells: '40:4: optimizer_in_bwd excludes clip_grad_norm; remove one of them',
  },
  {
    rule: 'learning-rate',
    edits: { 'optimizer.lr': undefined },
    tells: '48:3: optimizer.lr is missing, and torch.optim.AdamW would train at a default of its own; set optimizer.lr',
  },
  {
    rule: 'nesterov-needs-momentum',
    cells: { optimizer: 'sgd', 'optimizer.nesterov': true },
    tells:
      '40:2: optimizer.nesterov needs optimizer.momentum above 0 and no dampening; set optimizer.momentum, e.g. 0.9, or remove nesterov',
  },
  {
    rule: 'fused-or-foreach',
    cells: { 'optimizer.fused': true, 'optimizer.foreach': true },
    tells: '40:2: optimizer.foreach excludes optimizer.fused, which is true; set optimizer.fused to false, or remove foreach',
  },
  {
    rule: 'fused-or-differentiable',
    cells: { 'optimizer.fused': true, 'optimizer.differentiable': true },
    tells: '40:2: optimizer.differentiable excludes optimizer.fused, which is true; remove differentiable',
  },
  {
    rule: 'warm-up-within-the-run',
    cells: { warmup_steps: 100, max_steps_per_epoch: 10 },
    tells: "40:1: warmup_steps 100 is not shorter than the run's 10 steps, so the learning rate never reaches lr; use at most 9",
  },
  {
    rule: 'masked-label',
    cells: { 'loss.ignore_index': 0 },
    tells: "40:1: loss.ignore_index must be -100, the label of torchtune's masked tokens; remove it",
  },
  {
    rule: 'profiler-that-is-off',
    cells: { 'profiler.enabled': false, 'profiler.wait_steps': 1 },
    tells: '40:1: the keys of profiler have no effect, since profiler.enabled is false; set profiler.enabled to true, or remove them',
  },
  {
    rule: 'profiler-of-torch',
    cells: { 'profiler._component_': 'my.profiler' },
    tells: '40:1: profiler._component_ must be torchtune.training.setup_torch_profiler; remove it',
  },
  {
    rule: 'tied-output',
    cells: { lora_modules: ['q_proj', 'output'] },
    tells: '40:1: lora_modules has "output", but the output layer of Llama-3.2-1B-Instruct is tied to its embeddings; remove "output"',
  },
  {
    rule: 'tied-output',
    cells: { lora_modules: ['q_proj', 'output'] },
    example: model('gemma-2b'),
    tells: '40:1: lora_modules has "output", but the output layer of gemma-2b is tied to its embeddings; remove "output"',
  },
  {
    rule: 'lora-needs-attention',
    cells: { lora_modules: ['mlp'] },
    tells: '40:1: lora_modules names no attention layer, and torchtune needs one; add q_proj, k_proj, v_proj or output_proj',
  },
  {
    rule: 'whole-quantised-blocks',
    cells: { method: 'qlora', gpus: 0 },
    example: tiny,
    tells:
      '40:1: method qlora cannot be used with this model: embed_dim x embed_dim is 4096 numbers, which is no multiple of 16384 (the blocks of 4-bit quantisation); use method lora or dora',
  },
  {
    rule: 'adapters-that-only-torchtune-reads',
    cells: { save_adapter_weights_only: true },
    example: model('phi-4'),
    tells:
      '40:1: save_adapter_weights_only leaves of phi-4 only adapter_model.pt, which nothing but torchtune reads; set it to false, so that merged weights are written',
  },
  {
    rule: 'packing-needs-a-length',
    cells: { packed: true },
    tells: '40:1: packed samples need a max_seq_len, and none is set; set max_seq_len, e.g. 2048',
  },
  {
    rule: 'length-within-the-model',
    cells: { max_seq_len: 200000 },
    tells: '40:1: max_seq_len 200000 is above the 131072 tokens that Llama-3.2-1B-Instruct takes; use at most 131072',
  },
  {
    rule: 'packing-gemma-2',
    cells: { packed: true, max_seq_len: 512 },
    example: model('gemma-2-2b'),
    tells: '40:1: Gemma 2 cannot train on packed samples on a GPU; set packed to false',
  },
  {
    rule: 'packing-without-attention-dropout',
    cells: { packed: true, max_seq_len: 512, 'model.attn_dropout': 0.1 },
    example: tiny,
    tells: '40:3: packed samples exclude model.attn_dropout on a GPU; set model.attn_dropout to 0, or packed to false',
  },
  {
    rule: 'packing-all-or-none',
    edits: {
      dataset: [
        { _component_: 'torchtune.datasets.instruct_dataset', source: 'json', data_files: '/d/a.json', packed: false },
        { _component_: 'torchtune.datasets.instruct_dataset', source: 'json', data_files: '/d/b.json', packed: true },
      ],
      'tokenizer.max_seq_len': 512,
    },
    tells: '35:1: some of the data sets are packed and some are not; set packed alike for all of them',
  },
  {
    rule: 'packing-preferences',
    edits: {
      dataset: { _component_: 'torchtune.datasets.preference_dataset', source: 'json', data_files: '/d/a.json', packed: true },
      'tokenizer.max_seq_len': 512,
    },
    tells: '35:100: torchtune.datasets.preference_dataset cannot be packed; set packed to false',
  },
  {
    rule: 'split-across-packs',
    cells: { 'dataset.split_across_pack': false },
    example: { dataset: { format: 'completion' } },
    tells: '40:1: dataset.split_across_pack has no effect without packed; set packed to true, or remove it',
  },
  {
    rule: 'collator-for-training',
    cells: { collate_fn: 'torchtune.data.left_pad_sequence' },
    tells: '40:1: collate_fn torchtune.data.left_pad_sequence is only for inference; remove it',
  },
  {
    rule: 'collator-of-packs',
    cells: { packed: true, max_seq_len: 512, collate_fn: 'my_data.collate' },
    tells: '40:3: collate_fn has no effect on packed samples; remove it, or set packed to false',
  },
  {
    rule: 'names-of-torchtune',
    example: { dataset: { prompt_template: 'torchtune.data.QuestionAnswerTemplat' } },
    tells: '20:1: torchtune has no "torchtune.data.QuestionAnswerTemplat" for this; did you mean "torchtune.data.QuestionAnswerTemplate"?',
  },
  {
    rule: 'mistral-without-system-prompt',
    example: { model: 'Mistral-7B-v0.1', dataset: { system_prompt: 'Be brief.' } },
    tells: "20:1: Mistral's template takes no system prompt; remove the system_prompt, or give a prompt_template of your own",
  },
  {
    rule: 'qwen-without-chatml',
    example: { model: 'Qwen2.5-7B-Instruct', dataset: { prompt_template: 'torchtune.data.ChatMLTemplate' } },
    tells: "20:1: Qwen's tokenizer writes the marks of ChatMLTemplate itself; remove the prompt_template",
  },
  {
    rule: 'template-of-plain-text',
    example: { dataset: { format: 'completion', prompt_template: 'torchtune.data.QuestionAnswerTemplate' } },
    tells: '20:1: format completion takes no prompt_template; remove it, or use format instruct',
  },
  {
    rule: 'whole-column-map',
    cells: { 'dataset.column_map.input': 'question' },
    tells:
      '40:1: dataset.column_map lacks "output", and torchtune fills in nothing once there is a column_map; set dataset.column_map.output',
  },
  {
    rule: 'arguments-of-the-reader',
    cells: { 'dataset.delimiter': ';' },
    tells: '40:1: dataset.delimiter is nothing that the reader of json takes; it is for csv; remove it',
  },
  {
    rule: 'output-outside-the-model',
    edits: { 'checkpointer.checkpoint_dir': '/scratch/e' },
    tells: "26:3: the run writes into the model's folder /scratch/e; keep the model in a folder that does not hold the experiment",
  },
  {
    rule: 'model-type',
    cells: { 'checkpointer.model_type': 'QWEN2' },
    tells:
      '40:1: checkpointer.model_type QWEN2 does not belong to Llama-3.2-1B-Instruct, whose type is LLAMA3_2; set it to LLAMA3_2, or remove it',
  },
  {
    rule: 'pattern-of-file-names',
    cells: { 'checkpointer.checkpoint_files.max_filename': '"00004"' },
    tells: '40:1: checkpointer.checkpoint_files needs both filename_format and max_filename; set both, or name the files in a list',
  },
  {
    rule: 'one-file-for-other-checkpointers',
    edits: {
      'checkpointer._component_': 'torchtune.training.FullModelMetaCheckpointer',
      'checkpointer.checkpoint_files': ['a.pth', 'b.pth'],
    },
    tells:
      '27:3: torchtune.training.FullModelMetaCheckpointer reads a single file, and checkpoint_files names 2; use torchtune.training.FullModelHFCheckpointer, or one file',
  },
  {
    rule: 'output-on-the-node',
    edits: { output_dir: '/tmp/torchtune/run' },
    tells:
      "6:1: output_dir /tmp/torchtune/run is a folder of the node's own, and what is saved there is lost with the job; set it to the run's artifacts/ folder",
  },
  {
    rule: 'log-that-is-read',
    edits: { metric_logger: { _component_: 'torchtune.training.metric_logging.WandBLogger', project: 'p' } },
    tells:
      "66:17: metric_logger is torchtune.training.metric_logging.WandBLogger, so monitor_jobs will see no loss; use torchtune.training.metric_logging.DiskLogger with the run's logs/ folder and filename: metrics.log",
  },
  {
    rule: 'saved-by-epochs',
    cells: { method: 'full', gpus: 2, enable_async_checkpointing: true },
    tells: '40:3: enable_async_checkpointing writes checkpoints that launch_runs cannot go on from; remove it',
  },
];
