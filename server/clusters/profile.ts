/** A named place where jobs run. Never holds a secret. */
export interface ClusterProfile {
  name: string;
  connection: 'local' | 'ssh' | 'openssh';
  host?: string;
  user?: string;
  port?: number;
  identity_file?: string;
  known_hosts?: string;
  ssh_config?: string;
  /** Absolute on the cluster, `{user}` filled in. Without it (local only) experiments run where they lie. */
  experiments_dir?: string;
  models_dir?: string;
  /** Of the framework that `setup` makes available, as a plan names it; without it, the framework's own default. */
  framework_version?: string;
  scheduler: 'slurm' | 'process';
  /** Job settings that hold where the plan is silent. */
  defaults: Readonly<Record<string, string | number | boolean>>;
  gpu_request: 'gres' | 'gpus' | 'gpus-per-node';
  /** Shell lines of the person's own that make the training command available. */
  setup: readonly string[];
  env: Readonly<Record<string, string>>;
  limits: {
    /** The most jobs of yours in the queue at once. */
    max_submit?: number;
    /** false: like runs go as separate jobs. */
    array?: boolean;
    /** The most tasks of one array that run at once. */
    array_throttle?: number;
  };
}

/** Always there, needs nothing: this machine and the embedded scheduler. */
export const LOCAL_PROFILE: ClusterProfile = {
  name: 'local',
  connection: 'local',
  scheduler: 'process',
  defaults: {},
  gpu_request: 'gres',
  setup: [],
  env: {},
  limits: {},
};
