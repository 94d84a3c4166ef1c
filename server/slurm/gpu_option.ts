import type { ClusterProfile } from '../clusters/profile.ts';
import type { Resources } from './resources.ts';
import { sbatchValue } from './sbatch_value.ts';

/** How this site wants GPUs to be asked for; undefined when the job needs none. `--gpus` counts the whole job, the others a node. */
export function gpuOption(resources: Resources, request: ClusterProfile['gpu_request']): string | undefined {
  if (resources.gpus === 0) return undefined;
  const count = request === 'gpus' ? resources.gpus * resources.nodes : resources.gpus;
  const typed = resources.gpu_type === undefined ? `${count}` : `${sbatchValue(request, resources.gpu_type)}:${count}`;
  return request === 'gres' ? `--gres=gpu:${typed}` : `--${request}=${typed}`;
}
