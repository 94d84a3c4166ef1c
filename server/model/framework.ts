import type { Plan, PlannedRun, Settings } from './plan.ts';
import type { Problem } from './problem.ts';

/** Where a run's files lie on the cluster: absolute, without a trailing slash. */
export interface RunPlaces {
  run_dir: string;
  model_dir: string;
}

export interface RenderRequest {
  plan: Plan;
  run: PlannedRun;
  settings: Settings;
  places: RunPlaces;
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
  /** Absolute paths on the cluster that must be there before the job starts. */
  needs: readonly { path: string; what: string }[];
  /** Folders into which the job writes. */
  writes: readonly string[];
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
  /** Loss is NaN or infinite. */
  diverged?: boolean;
}

/** What trains. Everything above this file is the same for every framework. */
export interface Framework {
  readonly name: string;
  /** The tool that writes its configs, for messages: `create_torchtune_config`. */
  readonly config_tool: string;
  readonly config_file: string;
  /** One canonical name for a folder name, a Hugging Face id or the framework's own name; undefined when unknown. */
  canonicalModel(name: string): string | undefined;
  readonly known_models: readonly string[];
  /** Size columns that a `builder` model needs, or undefined when there is no such builder. */
  builderSizes(builder: string): { required: readonly string[]; optional: readonly string[] } | undefined;
  readonly builders: readonly string[];
  /** undefined when `format` can be trained on, else why not. */
  formatFault(format: string): string | undefined;
  /** Is `key` (dotted or top-level) something that some recipe reads? If not, the nearest known key. */
  ownKey(key: string): { known: boolean; nearest?: string };
  /** The whole config, or every problem at once, each pointing at the plan. */
  render(request: RenderRequest): { text: string; problems: readonly Problem[] } | { problems: readonly Problem[] };
  /** Throws `UserError` when the text cannot be read or is ambiguous. `where` names the file in messages. */
  readConfig(text: string, where: string): ConfigFacts;
  /** The training command, as shell words, with the config's absolute path. */
  launchCommand(facts: ConfigFacts, configPath: string): readonly string[];
  /** The file, relative to the run's folder, to which the job writes its metrics. */
  readonly metrics_file: string;
  /** From the tail of the metrics file and of the job's output. */
  readProgress(metricsTail: string, outputTail: string): Progress;
}
