/** Numbers that Python should see as floats even where they are whole. */
export const FLOATS = new Set([
  'optimizer.lr',
  'optimizer.weight_decay',
  'model.lora_dropout',
  'model.norm_eps',
  'clip_grad_norm',
  'lr_scheduler.num_cycles',
  'loss.beta',
  'loss.gamma',
  'loss.label_smoothing',
  'kd_ratio',
  'kd_loss.sym_kd_ratio',
]);
