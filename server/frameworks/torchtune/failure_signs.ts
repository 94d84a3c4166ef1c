import type { Diagnosis } from '../../model/framework.ts';

/** A line of a log that tells a cause. `safe_to_retry` as in `Diagnosis`. */
export interface Sign extends Pick<Diagnosis, 'cause' | 'safe_to_retry'> {
  pattern: RegExp;
  mend: string | ((match: RegExpExecArray) => string);
}

const quoted = (match: RegExpExecArray): string | undefined => match.slice(1).find((group) => group !== undefined);

/** From torchtune, torch, Python, the shell and the job script. The first sign that fits any line is the cause. */
export const SIGNS: readonly Sign[] = [
  {
    cause: 'cuda_oom',
    pattern: /\bOutOfMemoryError: CUDA|CUDA out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED/,
    mend: 'less at once on the device: smaller batches with as many more to a step, then activation checkpointing; preflight_runs with mode "retry" proposes it',
    safe_to_retry: true,
  },
  {
    cause: 'disk_full',
    pattern: /No space left on device|[Dd]isk quota exceeded|PytorchStreamWriter failed writing|unexpected pos \d+ vs \d+/,
    mend: "free space or raise the quota where the run's artifacts lie; with save_adapter_weights_only an epoch takes megabytes",
    safe_to_retry: true,
  },
  {
    cause: 'host_oom',
    pattern:
      /DefaultCPUAllocator: can't allocate memory|Cannot allocate memory|^MemoryError\b|\boom[-_]kill|DataLoader worker .* is killed by signal: Killed/,
    mend: "a larger mem for this run: the machine's own memory was too small, not the GPU's",
    safe_to_retry: true,
  },
  {
    cause: 'missing_module',
    pattern:
      /Are you sure that module '([^']+)' is installed|^(?:ModuleNotFoundError: )No module named '([^']+)'|^ImportError: .*?`([\w-]+)`+ package not found|\b(tune|torchrun|python3?): (?:command )?not found|exec: (tune): not found/,
    mend: (match) =>
      `${quoted(match)} is not in the job's environment: install it there, or mend the lines under setup of the cluster profile`,
    safe_to_retry: true,
  },
  {
    cause: 'missing_file',
    pattern:
      /^FileNotFoundError: |^PermissionError: |^NotADirectoryError: |^ValueError: No file with name: |^ValueError: .* is not a valid directory|^[\w.]*HFValidationError: |^[\w.]*OfflineModeIsEnabled: /,
    mend: "put it where the job's node can read it, or mend its path in runs_plan.md and run create_torchtune_config again",
    safe_to_retry: true,
  },
  {
    cause: 'config',
    pattern:
      /Missing key \w+|got an unexpected keyword argument|missing \d+ required (?:keyword-only|positional) argument|^[\w.]*(?:InstantiationError|ConfigAttributeError|ConfigError|UnsupportedValueType|InterpolationKeyError): |^yaml\.\w+\.\w+Error/,
    mend: 'the config does not fit the recipe: mend the plan and run create_torchtune_config again, or mend finetune.yaml, then generate_slurm_script',
    safe_to_retry: false,
  },
  {
    cause: 'script',
    pattern:
      /^runwright: (?:stopped with exit code|this setup line failed|the config is not the one|this run trains on \d+ GPUs and nvidia-smi|cannot tell which job)/,
    mend: 'the job stopped before the training: mend what the line says (setup of the cluster profile, the partition, or finetune.slurm) and launch again',
    safe_to_retry: true,
  },
  {
    cause: 'config',
    pattern: /^(?:ValueError|KeyError|TypeError|AssertionError|AttributeError|RuntimeError|datasets\.[\w.]+): /,
    mend: 'torchtune refused a setting or a row of the data: mend the plan or the data set, then run create_torchtune_config and generate_slurm_script again',
    safe_to_retry: false,
  },
];
