import type { ConfigFacts, LaunchWord } from '../../../model/framework.ts';

/** `tune run ...`: torchrun's options, which only a distributed recipe takes, come before the recipe. */
export function launchCommand({ recipe, nodes, gpus_per_node }: ConfigFacts, configPath: string): readonly LaunchWord[] {
  const devices = nodes > 1 || /distributed/.test(recipe) ? ['--nproc_per_node', String(gpus_per_node)] : [];
  return ['tune', 'run', ...(nodes > 1 ? rendezvous(nodes) : []), ...devices, recipe, '--config', configPath];
}

/** Without an endpoint each node would wait for itself alone; with the job's id two jobs never join each other's training. */
const rendezvous = (nodes: number): LaunchWord[] => [
  ...['--nnodes', String(nodes)],
  ...['--rdzv_backend', 'c10d'],
  ...['--rdzv_id', { of_job: 'id' } as const],
  ...['--rdzv_endpoint', { of_job: 'meeting_point' } as const],
];
