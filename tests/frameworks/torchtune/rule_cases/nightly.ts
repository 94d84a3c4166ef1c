import type { RuleCase } from './rule_case.ts';

const EPOCHS = 'remove it; several epochs with max_steps_per_epoch save at the end of each';

export const NIGHTLY_CASES: readonly RuleCase[] = [
  {
    rule: 'steps-that-are-not-named',
    cells: { gpus: 2, save_every_n_steps: 100 },
    tells: `40:2: lora_finetune_distributed of torchtune nightly ends with an error at the first save of save_every_n_steps, since it names no step; ${EPOCHS}`,
  },
  {
    rule: 'steps-that-are-written-over',
    cells: { save_every_n_steps: 100 },
    tells: `40:1: lora_finetune_single_device of torchtune nightly writes over the epoch's folder at each save of save_every_n_steps, so no step is kept; ${EPOCHS}`,
  },
  {
    rule: 'steps-that-nothing-goes-on-from',
    cells: { method: 'full', save_every_n_steps: 100 },
    tells: '40:2: what save_every_n_steps saves lies in step_N, which nothing here goes on from; remove it, or leave it for your own use',
  },
  {
    rule: 'validation-needs-data',
    cells: { gpus: 2, run_val_every_n_steps: 10 },
    tells:
      '40:2: run_val_every_n_steps needs data to validate on; set dataset_val.data_files, or another key of dataset_val that tells it from dataset',
  },
  {
    rule: 'validation-that-is-off',
    cells: { gpus: 2, 'dataset_val.data_files': '/d/val.json' },
    tells: '40:2: without run_val_every_n_steps nothing is validated; set run_val_every_n_steps, or remove the keys of the validation',
  },
  {
    rule: 'qat-of-all-weights-without-compile',
    cells: { method: 'full', gpus: 2, 'quantizer.groupsize': 128, compile: true },
    tells: '40:4: quantisation-aware training of all weights on several GPUs excludes compile; set compile to false',
  },
  {
    rule: 'gpus-of-the-dimensions',
    cells: { method: 'full', gpus: 4, context_parallel_dim: 3 },
    tells: '40:3: context_parallel_dim 3 does not make up the 4 GPUs of the run; choose them so that their product divides 4',
  },
  {
    rule: 'gpus-of-the-dimensions',
    cells: { method: 'full', gpus: 8, context_parallel_dim: 2, data_parallel_shard_dim: 2 },
    tells:
      '40:3: context_parallel_dim 2 x data_parallel_shard_dim 2 does not make up the 8 GPUs of the run; choose them so that their product is 8',
  },
  {
    rule: 'offloading-of-tensors',
    cells: {
      method: 'full',
      gpus: 2,
      tensor_parallel_dim: 2,
      'tensor_parallel_plan._component_': 'my.plan',
      fsdp_cpu_offload: true,
    },
    tells: '40:3: fsdp_cpu_offload excludes tensor parallelism over all GPUs; set fsdp_cpu_offload to false, or use more GPUs',
  },
  {
    rule: 'qlora-is-sharded',
    cells: { method: 'qlora', gpus: 4, data_parallel_replicate_dim: 2 },
    tells: '40:3: the 4-bit weights of method qlora cannot be replicated, only sharded; remove it, or use method lora',
  },
  {
    rule: 'fp8-with-a-whole-context',
    cells: { method: 'full', gpus: 4, enable_fp8_training: true, context_parallel_dim: 2 },
    tells: '40:3: enable_fp8_training excludes context_parallel_dim; remove one of them',
  },
  {
    rule: 'tensor-parallel-with-lora',
    cells: { gpus: 2, tensor_parallel_dim: 2 },
    tells: '40:2: lora_finetune_distributed refuses a tensor_parallel_dim other than 1; remove it, or use method full',
  },
  {
    rule: 'teaching-without-a-linear-loss',
    cells: { teacher_model: 'Meta-Llama-3.1-8B-Instruct', 'loss._component_': 'torchtune.modules.loss.LinearCrossEntropyLoss' },
    tells:
      '40:2: torchtune.modules.loss.LinearCrossEntropyLoss is not for knowledge distillation; use torchtune.modules.loss.CEWithChunkedOutputLoss, or remove it',
  },
];
