import type { RuleCase } from './rule_case.ts';

export const OPTIMIZER_CASES: readonly RuleCase[] = [
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
];
