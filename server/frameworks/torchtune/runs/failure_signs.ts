import type { Diagnosis } from '../../../model/framework.ts';

/** A line of a log that tells a cause, and how it is mended. */
export interface Sign extends Pick<Diagnosis, 'cause' | 'safe_to_retry'> {
  pattern: RegExp;
  mend: (group: string) => string;
}

const CONFIG_AGAIN = 'then create_torchtune_config and generate_slurm_script again';

const sign = (cause: Sign['cause'], pattern: RegExp, mend: Sign['mend'], safe_to_retry = true): Sign => ({
  cause,
  pattern,
  mend,
  safe_to_retry,
});
/** What the same files would do again. */
const inFiles = (pattern: RegExp, mend: Sign['mend']): Sign => sign('config', pattern, mend, false);

/** From torchtune, torch, Python and the shell. The first that fits any line is the cause: what is plain stands before what is general. */
export const SIGNS: readonly Sign[] = [
  sign(
    'cuda_oom',
    /\bOutOfMemoryError: CUDA|CUDA out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED/,
    () =>
      'less at once on the device: smaller batches with as many more to a step, then activation checkpointing; preflight_runs with mode "retry" proposes it',
  ),
  sign(
    'disk_full',
    /No space left on device|[Dd]isk quota exceeded|PytorchStreamWriter failed writing|unexpected pos \d+ vs \d+/,
    () => "free space or raise the quota where the run's artifacts lie; with save_adapter_weights_only an epoch takes megabytes",
  ),
  sign(
    'host_oom',
    /DefaultCPUAllocator: can't allocate memory|Cannot allocate memory|^MemoryError\b|DataLoader worker .* is killed by signal: Killed/,
    () => "a larger mem for this run: the machine's own memory was too small, not the GPU's",
  ),
  inFiles(
    /^Are you sure that '([^']+)' is importable/,
    (name) => `torchtune has no ${name}: mend the plan's own key that names it, ${CONFIG_AGAIN}`,
  ),
  sign(
    'missing_module',
    /^Are you sure that module '([^']+)' is installed|^ModuleNotFoundError: No module named '([^']+)'|^ImportError: .*?`([\w-]+)`+ package not found|\b(tune|torchrun|python3?): (?:command )?not found/,
    (name) => `${name} is not in the job's environment: install it there, or mend the lines under setup of the cluster profile`,
  ),
  inFiles(
    /recipe_checkpoint file must be provided|join\(\) argument must be str, bytes, or os\.PathLike object, not 'NoneType'|^ValueError: Adapter weights not found/,
    () => 'nothing was saved to go on from: start the run afresh with mode "retry"',
  ),
  sign(
    'missing_file',
    /^ValueError: Unable to load checkpoint from (\S+?)\.? *$/,
    (file) => `${file} is cut off or damaged: put a whole one there; if the run itself saved it, start the run afresh with mode "retry"`,
  ),
  sign(
    'missing_file',
    /^(?:FileNotFoundError|PermissionError|NotADirectoryError): |^ValueError: No file with name: |^ValueError: .* is not a valid directory|^[\w.]*(?:HFValidationError|OfflineModeIsEnabled|LocalEntryNotFoundError): /,
    () => `put it where the job's node can read it; or mend its path in runs_plan.md, ${CONFIG_AGAIN}`,
  ),
  inFiles(
    /^KeyError: '([^']+)'/,
    (name) => `the data's rows have no "${name}": name the column that they have under Datasets, ${CONFIG_AGAIN}`,
  ),
  inFiles(
    /^datasets\.[\w.]+: |^pyarrow\.[\w.]+: |^AttributeError: 'NoneType' object has no attribute 'strip'/,
    () =>
      'the data set cannot be read as its format says: look for a broken line, a null or an empty file; preflight_runs shows which rows',
  ),
  inFiles(
    new RegExp(
      [
        String.raw`^AttributeError: '(?:datetime\.\w+|int|float|bool|list|dict)' object has no attribute 'strip'`,
        String.raw`^TypeError: object of type '(?:datetime\.\w+|int|float|bool|NoneType)' has no len\(\)`,
        "^UnboundLocalError: .*'content'",
        '^AssertionError: content must be of type List',
        '^ValueError: (?:Messages must be at least length|Assistant message before|Two consecutive user|System message at|System prompts are not)',
      ].join('|'),
    ),
    () =>
      'a row of the data set holds something else than the text or the conversation that its format wants, such as a number, a date or a system message that the template has no place for; preflight_runs shows which rows',
  ),
  inFiles(
    /^\s*size mismatch for |^AssertionError: Missing non-LoRA key|^AssertionError: Unexpected key loading base model|^Exception: Error converting the state dict/,
    () =>
      `the model's weights are not of the model that the config builds: mend its sizes, its name or its files under Models, ${CONFIG_AGAIN}`,
  ),
  inFiles(
    /Missing key \w+|got an unexpected keyword argument|missing \d+ required (?:keyword-only|positional) argument|^[\w.]*(?:InstantiationError|ConfigError|UnsupportedValueType|InterpolationKeyError): |^yaml\.\w+\.\w+Error/,
    () => `the config does not fit the recipe: mend the plan, ${CONFIG_AGAIN}`,
  ),
  inFiles(
    /^(?:ValueError|TypeError|AssertionError): |^RuntimeError: (?:bf16 precision|enable_activation_offloading|Gradient (?:accumulation|clipping) is not|full fp16)/,
    () => `torchtune refused a setting: mend the plan, ${CONFIG_AGAIN}`,
  ),
  // Not the word of the launcher, that some process of it failed.
  sign(
    'script',
    /^(?!.*\bChildFailedError)[A-Za-z_][\w.]*(?:Error|Exception)\b/,
    () => 'read_job_log shows what stands above it; then mode "retry"',
  ),
];
