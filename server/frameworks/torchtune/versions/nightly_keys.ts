/** What the recipes and components of a nightly read and those of 0.6.1 do not; here, since nightly's own data are loaded only when chosen. */
export const KEYS_OF_NIGHTLY: readonly string[] = [
  'activation_offloading_use_streams',
  'batch_size_val',
  'context_parallel_dim',
  'context_parallel_rotate_method',
  'data_parallel_replicate_dim',
  'data_parallel_shard_dim',
  'enable_fp8_training',
  'fp8_recipe_name',
  'log_level',
  'resize_token_embeddings',
  'run_val_every_n_steps',
  'save_every_n_steps',
  'checkpointer.enable_dcp',
  'checkpointer.keep_last_n_checkpoints',
  'kd_loss.mask_ignored_tokens',
  'kd_loss.tp_enabled',
  'loss.mask_ignored_tokens',
  'loss.tp_enabled',
  'metric_logger.output_fmt',
  'profiler.hpu',
  'ref_checkpointer.enable_dcp',
  'ref_checkpointer.keep_last_n_checkpoints',
  'teacher_checkpointer.enable_dcp',
  'teacher_checkpointer.keep_last_n_checkpoints',
  'teacher_model.scaler_block_size',
  'model.scaler_block_size',
  'tokenizer.truncation_type',
];

/** All of `dataset_val` is nightly's. */
export const isOfNightly = (key: string): boolean => KEYS_OF_NIGHTLY.includes(key) || /^dataset_val(?:\.|$)/.test(key);
