import type { DataFinding, DataJudgement, DataNeed } from './data_set.ts';
import type { Plan, PlannedRun, Settings } from './plan.ts';
import type { Problem } from './problem.ts';
import type { SettingValue } from './settings.ts';

/** Where a run's files lie on the cluster: absolute, without a trailing slash. */
export interface RunPlaces {
  run_dir: string;
  model_dir: string;
  /** Of the model that teacher_model names. */
  teacher_dir?: string;
}

export interface RenderRequest {
  plan: Plan;
  run: PlannedRun;
  settings: Settings;
  places: RunPlaces;
}

/** The columns of a model that a builder makes. */
export interface BuilderSizes {
  required: readonly string[];
  optional: readonly string[];
  /** What the value of `size` must be, where it is not. */
  rangeMissed(size: string, value: SettingValue): string | undefined;
}

/** What the Slurm stage and the launcher need to know of a config; read from the config's text alone. */
export interface ConfigFacts {
  recipe: string;
  nodes: number;
  /** Devices on each node; 0 when it trains on the CPU. */
  gpus_per_node: number;
  /** Parameters of the model, when known. */
  parameters?: number;
  batch_size?: number;
  /** Estimated peak memory of one device in GiB with its main reason, when it can be estimated. */
  device_memory_gib?: number;
  training: TrainingFacts;
  /** Absolute paths on the cluster that must be there before the job starts. */
  needs: readonly { path: string; what: string }[];
  /** Folders into which the job writes. */
  writes: readonly string[];
}

/** What a training costs beside the memory of its devices. */
export interface TrainingFacts {
  /** Rows of one optimizer step over all devices. */
  effective_batch: number;
  epochs: number;
  /** What the optimizer changes, when known. */
  trainable_parameters?: number;
  /** All that the job leaves on the disk, when known. */
  checkpoint_bytes?: number;
  /** Equal for trainings that take the same time for an epoch, and for a row. */
  same_work: string;
  similar_work: string;
}

export interface Progress {
  /** Optimizer steps done, and in all when known. */
  step?: number;
  steps_total?: number;
  /** Optimizer steps of one epoch, when the log tells. */
  steps_per_epoch?: number;
  loss?: number;
  learning_rate?: number;
  /** Seconds per step over the latest steps, when the log tells. */
  seconds_per_step?: number;
  /** Trained tokens a second and device, at the latest step. */
  tokens_per_second?: number;
  /** Peak memory of a device so far, in GiB. */
  memory_gib?: number;
  /** Loss is NaN or infinite. */
  diverged?: boolean;
  /** Loss has risen far above the best that this attempt had reached. */
  rising?: boolean;
}

/** What the log tells of one optimizer step. */
export interface StepMetrics {
  step: number;
  loss?: number;
  learning_rate?: number;
  tokens_per_second?: number;
  memory_gib?: number;
  gradient_norm?: number;
}

/** What the job does with what a training has saved, once it has ended well. Doing it again must change nothing. */
export interface AfterTraining {
  /** For the log, after "runwright: stopped while": `making the checkpoints fit for others to load`. */
  doing: string;
  /** Source for the `python3` of the job's environment, with nothing but the standard library. */
  python: string;
  words: readonly string[];
}

/** A file that a run has left on the cluster. */
export interface RunFile {
  /** Relative to the run's folder: `artifacts/epoch_0/adapter_model.pt`. */
  path: string;
  /** Bytes. */
  size: number;
  /** When it was last written, in seconds since 1970, with their fraction where the file system keeps it. */
  modified: number;
}

/** One setting that a further attempt has otherwise than the plan, as both would be written in the config. */
export interface Change {
  setting: string;
  from: string;
  to: string;
  why: string;
}

/** A config for a further attempt, or why there is none and what to do instead. */
export type Remade =
  | {
      text: string;
      changes: readonly Change[];
      /** What the attempt starts from: `epoch 2 of 5`. */
      from?: string;
      /** What could not be made sure of, and how a person sees it. */
      caution?: string;
    }
  | { why_not: string; instead: string };

export interface Checkpoint {
  /** The number in the framework's own file names. */
  epoch: number;
  complete: boolean;
  /** Why it is not complete. */
  why?: string;
  /** Relative to the run's folder. */
  paths: readonly string[];
}

export type FailureCause =
  | 'cuda_oom'
  | 'host_oom'
  | 'missing_module'
  | 'missing_file'
  | 'disk_full'
  | 'nan_loss'
  | 'trained_nothing'
  | 'config'
  | 'script';

export interface Diagnosis {
  cause: FailureCause;
  /** Lines of the log, as they stand there: data from outside. */
  evidence: readonly string[];
  /** What a person does about it. */
  mend: string;
  /** True when the run may be launched again once `mend` is done; false when it would end the same way without another plan. */
  safe_to_retry: boolean;
}

/** A word of the training command: text, or what only the job itself knows. `meeting_point` is HOST:PORT on the job's first node. */
export type LaunchWord = string | { readonly of_job: 'id' | 'meeting_point' };

/** What trains. Everything above this file is the same for every framework. */
export interface Framework {
  readonly name: string;
  /** The version that configs are written for, and all for which they can be. */
  readonly version: string;
  readonly versions: readonly string[];
  /** The same framework for another of its versions; undefined when there is none. */
  inVersion(version: string): Promise<Framework | undefined>;
  /** How one of them is installed, as a person would type it. */
  readonly install: string;
  /** Which of them an installed version is, as its package calls it: `0.7.0.dev20250730`; undefined for none. */
  versionOf(installed: string): string | undefined;
  /** The tool that writes its configs, for messages: `create_torchtune_config`. */
  readonly config_tool: string;
  readonly config_file: string;
  /** One canonical name for a folder name, a Hugging Face id or the framework's own name; undefined when unknown. */
  canonicalModel(name: string): string | undefined;
  readonly known_models: readonly string[];
  /** Of a model that is not known: what is nearest to it, and what can be done. */
  unknownModel(name: string): { what: string; fix: string };
  /** Size columns that a `builder` model needs, or undefined when there is no such builder. A known model is one that needs none. */
  builderSizes(builder: string): BuilderSizes | undefined;
  readonly builders: readonly string[];
  /** undefined when `format` can be trained on, else why not. */
  formatFault(format: string): string | undefined;
  /** Is `key` (dotted or top-level) something that some recipe reads? If not, what to do instead where that is certain, else the nearest known key. */
  ownKey(key: string): { known: boolean; instead?: string; nearest?: string };
  /** The whole config, or every problem at once, each pointing at the plan. */
  render(request: RenderRequest): { text: string; problems: readonly Problem[] } | { problems: readonly Problem[] };
  /** Throws `UserError` when the text cannot be read or is ambiguous. `where` names the file in messages. */
  readConfig(text: string, where: string): ConfigFacts;
  /** What is wrong with a config that a person made or edited, each at its line: an error where the job would fail or train otherwise than it says. */
  judgeConfig(text: string, where: string): readonly Problem[];
  /** The data sets that the config reads. */
  dataNeeds(config: string): readonly DataNeed[];
  /** What a training with this config would do with what was found, need by need; undefined where nothing was. */
  judgeData(config: string, findings: readonly (DataFinding | undefined)[]): DataJudgement;
  /** Up to three ways to need less memory of a device, which has `room` GiB, with the effective batch unchanged; and what each would need. */
  memoryMends(config: string, room: number): readonly { change: string; device_memory_gib: number }[];
  /** Published tokens a second of such a training on this GPU, with their source; undefined rather than a guess. */
  publishedSpeed(config: string, gpu: string): { tokens_per_second: number; source: string } | undefined;
  /** The program under python/ with which the framework itself judges configs. */
  readonly deep_check: string;
  /** The program that `launchCommand` starts: `tune`. */
  readonly program: string;
  /** The training command, as shell words, with the config's absolute path. With several nodes it is started once on each of them. */
  launchCommand(facts: ConfigFacts, configPath: string): readonly LaunchWord[];
  afterTraining(config: string): AfterTraining | undefined;
  /** The file, relative to the run's folder, to which the job writes its metrics. */
  readonly metrics_file: string;
  /** From the tail of the metrics file and of the job's output, and from the config where it is at hand. */
  readProgress(metricsTail: string, outputTail: string, config?: string): Progress;
  /** What the run has saved, oldest first. `files`: everything below the run's folder. */
  checkpoints(config: string, files: readonly RunFile[]): readonly Checkpoint[];
  /**
   * The config that goes on from the last complete checkpoint, with the same effective batch, seed and schedule. `config` is the
   * plan's, eased or not, never one that was made for going on; `output` ends with that of an attempt that trained. The text is unsigned.
   */
  resume(config: string, files: readonly RunFile[], output: string): Remade;
  /** The config that needs less memory on the device and trains the same effective batch. The text is unsigned. */
  easeMemory(config: string): Remade;
  /** Why an attempt failed or trained nothing, from its output and metrics (tails will do); undefined when they do not tell. */
  diagnose(output: string, metrics: string): Diagnosis | undefined;
}
