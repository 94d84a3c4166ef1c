/** A skill as a prompt. Its text is the skill's own, read when it is asked for. */
export interface Prompt {
  skill: string;
  title: string;
  description: string;
  /** The stage's tool: without it the prompt is not offered. */
  tool: string;
  argument: { name: 'experiment_dir' | 'cluster' | 'question'; description: string };
}

const experiment_dir = { name: 'experiment_dir', description: 'Folder of the experiment, such as "cap_cross_eval_2025-10-20".' } as const;

/** In the order of the workflow. */
export const PROMPTS: readonly Prompt[] = [
  {
    skill: 'set-up-cluster',
    title: 'Set up a cluster',
    description: 'Find out what a cluster has, and what is missing before jobs can run there.',
    tool: 'check_cluster',
    argument: { name: 'cluster', description: 'Name of a profile in clusters.yaml, such as "della", or a host name.' },
  },
  {
    skill: 'plan-runs',
    title: 'Plan runs',
    description: 'Turn a question into a plan of runs.',
    tool: 'plan_runs',
    argument: { name: 'question', description: 'What you want to find out, such as "does LoRA rank matter?".' },
  },
  {
    skill: 'setup-experiment-dirs',
    title: 'Set up experiment dirs',
    description: 'Make the folder of each run, from the plan.',
    tool: 'setup_experiment_dirs',
    argument: experiment_dir,
  },
  {
    skill: 'create-torchtune-config',
    title: 'Create torchtune configs',
    description: 'Write the torchtune config of each fine-tune run.',
    tool: 'create_torchtune_config',
    argument: experiment_dir,
  },
  {
    skill: 'generate-slurm-script',
    title: 'Generate Slurm scripts',
    description: 'Write the Slurm script of each fine-tune run.',
    tool: 'generate_slurm_script',
    argument: experiment_dir,
  },
  {
    skill: 'launch-runs',
    title: 'Launch runs',
    description: 'Check everything, show what it costs, and submit each job once.',
    tool: 'launch_runs',
    argument: experiment_dir,
  },
  {
    skill: 'monitor-jobs',
    title: 'Monitor jobs',
    description: 'See how the jobs are doing, why some failed, and go on.',
    tool: 'monitor_jobs',
    argument: experiment_dir,
  },
];
