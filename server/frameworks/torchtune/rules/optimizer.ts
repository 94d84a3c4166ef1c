import { component, isSet, isTrue, numberOf, type Rule } from './rule.ts';

const IN_BACKWARD = 'optimizer_in_bwd';

export const OPTIMIZER_RULES: readonly Rule[] = [
  {
    name: 'in-backward-without-accumulation',
    why: 'Each weight steps as soon as its gradient is there, so no gradient waits for the next batch.',
    torchtune:
      '`RuntimeError: Gradient accumulation is not supported with optimizer in bwd.Please set gradient_accumulation_steps=1, or optimizer_in_bwd=False.`',
    what: 'optimizer_in_bwd excludes gradient accumulation, and gradient_accumulation_steps is {=gradient_accumulation_steps}',
    fix: 'set gradient_accumulation_steps to 1, or remove optimizer_in_bwd',
    at: ['gradient_accumulation_steps', IN_BACKWARD],
    broken: (config) => isTrue(config, IN_BACKWARD) && (numberOf(config, 'gradient_accumulation_steps') ?? 1) > 1,
  },
  {
    name: 'in-backward-without-clipping',
    why: 'The norm of all gradients is known only when all weights have stepped.',
    torchtune:
      '`RuntimeError: Gradient clipping is not supported with optimizer in bwd.Please set clip_grad_norm=None, or optimizer_in_bwd=False.`',
    what: 'optimizer_in_bwd excludes clip_grad_norm',
    fix: 'remove one of them',
    at: ['clip_grad_norm', IN_BACKWARD],
    broken: (config) => isTrue(config, IN_BACKWARD) && isSet(config, 'clip_grad_norm'),
  },
  {
    name: 'learning-rate',
    why: "A config without it trains at the optimizer's own default, which is no one's choice.",
    torchtune: 'Says nothing: AdamW trains at 1e-3.',
    what: 'optimizer.lr is missing, and {component} would train at a default of its own',
    fix: 'set optimizer.lr',
    at: ['optimizer._component_'],
    broken: (config) => config.value('optimizer.lr') === undefined && { component: component(config, 'optimizer') || 'the optimizer' },
  },
  {
    name: 'nesterov-needs-momentum',
    why: "Nesterov's step looks ahead along the momentum.",
    torchtune: '`ValueError: Nesterov momentum requires a momentum and zero dampening`',
    what: 'optimizer.nesterov needs optimizer.momentum above 0 and no dampening',
    fix: 'set optimizer.momentum, e.g. 0.9, or remove nesterov',
    at: ['optimizer.nesterov'],
    broken: (config) =>
      isTrue(config, 'optimizer.nesterov') &&
      ((numberOf(config, 'optimizer.momentum') ?? 0) <= 0 || (numberOf(config, 'optimizer.dampening') ?? 0) !== 0),
  },
  {
    name: 'fused-or-foreach',
    why: 'They are two ways to step all weights at once.',
    torchtune: '`RuntimeError: fused and foreach cannot be True together.`',
    what: 'optimizer.foreach excludes optimizer.fused, which is true',
    fix: 'set optimizer.fused to false, or remove foreach',
    at: ['optimizer.foreach', 'optimizer.fused'],
    broken: (config) => isTrue(config, 'optimizer.fused') && isTrue(config, 'optimizer.foreach'),
  },
  {
    name: 'fused-or-differentiable',
    why: 'The fused kernel keeps no graph.',
    torchtune: '`RuntimeError: fused does not support differentiable`',
    what: 'optimizer.differentiable excludes optimizer.fused, which is true',
    fix: 'remove differentiable',
    at: ['optimizer.differentiable', 'optimizer.fused'],
    broken: (config) => isTrue(config, 'optimizer.fused') && isTrue(config, 'optimizer.differentiable'),
  },
  {
    name: 'warm-up-within-the-run',
    why: 'A learning rate that rises to the last step never reaches its peak.',
    torchtune: 'Says nothing: the run trains below lr from its first step to its last.',
    what: "{lr_scheduler.num_warmup_steps} {=lr_scheduler.num_warmup_steps} is not shorter than the run's {steps} steps, so the learning rate never reaches lr",
    fix: 'use at most {most}',
    at: ['lr_scheduler.num_warmup_steps'],
    weight: 'warning',
    broken: (config) => {
      const warmup = numberOf(config, 'lr_scheduler.num_warmup_steps');
      const limit = numberOf(config, 'max_steps_per_epoch');
      if (warmup === undefined || limit === undefined) return false;
      const steps = limit * (numberOf(config, 'epochs') ?? 1);
      return warmup >= steps && warmup > 0 && { steps, most: Math.max(0, steps - 1) };
    },
  },
  {
    name: 'masked-label',
    why: "torchtune's data sets mark what is not to be learnt with -100.",
    torchtune: '`IndexError: Target -100 is out of bounds.`',
    what: "loss.ignore_index must be -100, the label of torchtune's masked tokens",
    fix: 'remove it',
    at: ['loss.ignore_index'],
    broken: (config) => (config.value('loss.ignore_index') ?? -100) !== -100,
  },
  {
    name: 'profiler-that-is-off',
    why: 'The profiler does nothing until it is enabled.',
    torchtune: 'Says nothing, and profiles nothing.',
    what: 'the keys of profiler have no effect, since profiler.enabled is false',
    fix: 'set profiler.enabled to true, or remove them',
    at: ['profiler.enabled'],
    of_plans: true,
    weight: 'no effect',
    broken: (config) => config.given('profiler.enabled') && config.value('profiler.enabled') === false,
  },
  {
    name: 'profiler-of-torch',
    why: 'The recipes know how to start one profiler.',
    torchtune: '`AssertionError: Only torch profiler supported currently: component must be torchtune.training.setup_torch_profiler`',
    what: 'profiler._component_ must be torchtune.training.setup_torch_profiler',
    fix: 'remove it',
    at: ['profiler._component_'],
    broken: (config) =>
      isSet(config, 'profiler._component_') && component(config, 'profiler') !== 'torchtune.training.setup_torch_profiler',
  },
];
