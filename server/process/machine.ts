import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { BatchHeader } from './batch_header.ts';

/** What this machine can give to jobs. */
export interface Machine {
  cpus: number;
  gpus: number;
}

let gpus: number | undefined;

function countGpus(): number {
  try {
    const list = execFileSync('nvidia-smi', ['-L'], { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] });
    return list.split('\n').filter((line) => line.startsWith('GPU ')).length;
  } catch {
    return 0;
  }
}

/** GPUs are counted once in a process's life: nvidia-smi takes seconds on some machines. */
export function thisMachine(): Machine {
  gpus ??= countGpus();
  return { cpus: availableParallelism(), gpus };
}

const some = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
const refused = (why: string, mend: string): string => `Requested node configuration is not available: ${why}; ${mend}`;

/** Why the job can never run on this machine, or undefined when it can. */
export function misfit(header: BatchHeader, machine: Machine): string | undefined {
  if (header.nodes > 1)
    return refused(`the job asks for ${header.nodes} nodes and this is one machine`, 'set nodes to 1, or choose a Slurm cluster');
  if (header.cpus > machine.cpus)
    return refused(
      `the job asks for ${some(header.cpus, 'CPU')} and this machine has ${machine.cpus}`,
      `set cpus to ${machine.cpus} or fewer, or choose a Slurm cluster`,
    );
  if (header.gpus > machine.gpus)
    return refused(
      `the job asks for ${some(header.gpus, 'GPU')} and nvidia-smi -L shows ${machine.gpus} on this machine`,
      machine.gpus === 0
        ? 'set gpus to 0 to train on the CPU, or choose a Slurm cluster'
        : `set gpus to ${machine.gpus} or fewer, or choose a Slurm cluster`,
    );
  if (header.array) return 'Job arrays are not run on this machine; submit each run as a job of its own, or choose a Slurm cluster';
  return undefined;
}
