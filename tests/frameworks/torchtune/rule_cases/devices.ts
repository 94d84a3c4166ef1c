import { model, type RuleCase } from './rule_case.ts';

export const DEVICES_CASES: readonly RuleCase[] = [
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
];
