/**
 * Why a default of ours is not that of the config that torchtune ships: told beside the value, and in the list of all
 * differences (tests/frameworks/golden/shipped_differences.md).
 */
export const DEFAULT_REASONS: Readonly<Record<string, string>> = {
  'tokenizer.max_seq_len': 'samples are cut only to what the model takes',
  'model.lora_alpha': 'twice lora_rank',
  seed: 'so that the run can be repeated',
  'optimizer._component_': 'the shipped one needs bitsandbytes, which torchtune does not bring',
  optimizer_in_bwd: 'true would exclude gradient accumulation and clipping',
  'lr_scheduler.num_warmup_steps': 'so that short runs reach their learning rate too',
  compile: 'compiling takes minutes at every start',
  'dataset.packed': 'packing changes the number of steps',
  dtype: 'bf16 is slow on a CPU',
  max_steps_per_epoch: 'all of the data is trained on',
  log_peak_memory_stats: 'shows how near the memory limit a run is',
  enable_activation_checkpointing: 'saves only memory of GPUs',
  enable_activation_offloading: 'saves only memory of GPUs',
};
